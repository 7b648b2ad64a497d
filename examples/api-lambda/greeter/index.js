// The event is API Gateway's payload format 2.0; what is returned without a statusCode becomes the body.
exports.handler = async ({ pathParameters, queryStringParameters, requestContext }) => {
  const greeting = queryStringParameters?.greeting ?? 'Hello';
  return { message: `${greeting}, ${pathParameters.name}!`, from: requestContext.domainName, via: requestContext.http.protocol };
};
