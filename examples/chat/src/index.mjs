/**
 * A chat room in one function: every route of the WebSocket API calls it. The members are kept in memory, which is right for as long as there is one
 * environment of the function (`reserved_concurrent_executions = 1` in main.tf); a room that must outlive it keeps them in a table.
 */
const members = new Map();

export async function handler({ requestContext, queryStringParameters, body }) {
  const { routeKey, connectionId } = requestContext;
  switch (routeKey) {
    case '$connect': {
      const name = (queryStringParameters?.name ?? '').trim();
      if (name === '') return { statusCode: 400, body: 'Say who you are: ?name=...' };
      members.set(connectionId, name);
      return { statusCode: 200 };
    }
    case '$disconnect': {
      const name = members.get(connectionId);
      members.delete(connectionId);
      if (name !== undefined) await toAll(requestContext, { from: null, text: `${name} has left` });
      return { statusCode: 200 };
    }
    case 'say':
      await toAll(requestContext, { from: members.get(connectionId) ?? '?', text: String(JSON.parse(body).text).slice(0, 1000) });
      return { statusCode: 200 };
    case 'who':
      // answered by the route's response
      return { statusCode: 200, body: JSON.stringify({ members: [...members.values()].sort() }) };
    default:
      return { statusCode: 200, body: JSON.stringify({ error: 'send {"action":"say","text":"..."} or {"action":"who"}' }) };
  }
}

async function toAll(requestContext, message) {
  const data = JSON.stringify(message);
  await Promise.all([...members.keys()].map(async (connectionId) => {
    if (!(await post(requestContext, connectionId, data))) members.delete(connectionId);
  }));
}

/** False: the connection is gone. On AWS the SDK signs the request; here it goes to the control endpoint, which AWS_ENDPOINT_URL names. */
async function post({ domainName, stage }, connectionId, data) {
  const local = process.env.AWS_ENDPOINT_URL;
  if (local !== undefined) {
    const answer = await fetch(`${local}/@connections/${encodeURIComponent(connectionId)}`, { method: 'POST', body: data });
    return answer.status !== 410;
  }
  const { ApiGatewayManagementApiClient, PostToConnectionCommand } = await import('@aws-sdk/client-apigatewaymanagementapi');
  try {
    await new ApiGatewayManagementApiClient({ endpoint: `https://${domainName}/${stage}` }).send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: data }));
    return true;
  } catch (error) {
    if (error.name === 'GoneException') return false;
    throw error;
  }
}
