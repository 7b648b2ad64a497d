/** The forms that an integration's URI may have; stage variables (`${stageVariables.x}`) may stand for parts of it. */
const VARIABLE = String.raw`\$\{stageVariables\.[A-Za-z0-9_]+\}`;
const WORD = String.raw`(?:[A-Za-z0-9\-_]|${VARIABLE})+`;
const FUNCTION_ARN = String.raw`arn:aws[a-z-]*:lambda:(?:[a-z0-9-]+|${VARIABLE}):(?:\d{12}|${VARIABLE}):function:${WORD}(?::(?:[A-Za-z0-9$_-]|${VARIABLE})+)?`;
const FUNCTION = new RegExp(`^(?:${FUNCTION_ARN}|${VARIABLE}|arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/(?:${FUNCTION_ARN}|${VARIABLE})/invocations)$`);
const INVOCATION = new RegExp(`^arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/(?:${FUNCTION_ARN}|${VARIABLE})/invocations$`);
const LISTENER = /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/(?:app|net)\/[^/]+\/[0-9A-Za-z]+\/[0-9A-Za-z]+$/;
const CLOUD_MAP = /^arn:aws[a-z-]*:servicediscovery:[a-z0-9-]+:\d{12}:service\/srv-[a-z0-9]+(?:\?[^\s?#]+)?$/;
const LONGEST = 2048;

/** A function's ARN, or the ARN by which API Gateway invokes it. */
export function isFunctionUri(uri: string): boolean {
  return uri.length <= LONGEST && FUNCTION.test(uri);
}

/** The ARN by which API Gateway invokes a function: authorizers and WebSocket APIs take nothing else. */
export function isInvocationUri(uri: string): boolean {
  return uri.length <= LONGEST && INVOCATION.test(uri);
}

/** An http or https URL with a host. */
export function isHttpUri(uri: string): boolean {
  if (uri.length > LONGEST || !/^https?:\/\/[^/?#\s]+[^\s]*$/i.test(uri)) return false;
  return URL.canParse(uri.replaceAll(/\$?\{[^{}]*\}/g, 'x'));
}

/** What a VPC link may lead to. */
export function isPrivateUri(uri: string): boolean {
  return LISTENER.test(uri) || CLOUD_MAP.test(uri);
}

/** `arn:aws:apigateway:REGION:SERVICE:action/NAME` or `:path/...`. */
export function isServiceUri(uri: string): boolean {
  return uri.length <= LONGEST && /^arn:aws[a-z-]*:apigateway:[a-z0-9-]+:[A-Za-z0-9.-]+:(?:action|path)\/\S+$/.test(uri);
}
