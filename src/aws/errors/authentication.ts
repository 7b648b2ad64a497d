import { AwsError } from '../error.ts';
import type { Protocol, ServiceModel } from '../model/service-model.ts';
import type { Refusal } from '../sigv4/verifier.ts';

/** The families of words that AWS's services have for a caller who is not who it says. */
type Family = 'query' | 'ec2' | 'json' | 's3';

function familyOf(service: Pick<ServiceModel, 'noErrorWrapping'>, protocol: Protocol): Family {
  switch (protocol) {
    case 'query':
      return 'query';
    case 'ec2':
      return 'ec2';
    case 'rest-xml':
      return service.noErrorWrapping ? 's3' : 'query';
    case 'json':
    case 'rest-json':
    case 'rpc-v2-cbor':
      return 'json';
  }
}

const INVALID_TOKEN = 'The security token included in the request is invalid.';
const S3_MISMATCH = 'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
const EC2_FAILURE = 'AWS was not able to validate the provided access credentials';

/** Codes and sentences: IAM API Reference "Common errors", EC2 "Client error codes", S3 "List of error codes". */
export function authenticationError(refusal: Refusal, service: Pick<ServiceModel, 'noErrorWrapping'>, protocol: Protocol): AwsError {
  const family = familyOf(service, protocol);
  // rest-json services answer 403 where the older JSON services answer 400
  const jsonStatus = protocol === 'rest-json' ? 403 : 400;
  const pick = (codes: Readonly<Record<Family, readonly [string, number, string]>>): AwsError => {
    const [code, status, message] = codes[family];
    return new AwsError(code, message, { status });
  };
  switch (refusal.kind) {
    case 'missing':
      return pick({
        query: ['MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
        ec2: ['MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
        json: ['MissingAuthenticationTokenException', jsonStatus, 'Missing Authentication Token'],
        s3: ['AccessDenied', 403, 'Access Denied'],
      });
    case 'incomplete':
      return pick({
        query: ['IncompleteSignature', 400, refusal.message],
        ec2: ['AuthFailure', 401, refusal.message],
        json: ['IncompleteSignatureException', jsonStatus, refusal.message],
        s3: ['AuthorizationHeaderMalformed', 400, `The authorization header is malformed; ${refusal.message}`],
      });
    case 'unknown-key':
      return pick({
        query: ['InvalidClientTokenId', 403, INVALID_TOKEN],
        ec2: ['AuthFailure', 401, EC2_FAILURE],
        json: ['UnrecognizedClientException', jsonStatus, INVALID_TOKEN],
        s3: ['InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'],
      });
    case 'mismatch':
      return pick({
        query: ['SignatureDoesNotMatch', 403, refusal.message],
        ec2: ['AuthFailure', 401, EC2_FAILURE],
        json: ['InvalidSignatureException', jsonStatus, refusal.message],
        s3: ['SignatureDoesNotMatch', 403, S3_MISMATCH],
      });
    case 'skewed':
      return pick({
        query: ['SignatureDoesNotMatch', 403, refusal.message],
        ec2: ['RequestExpired', 400, 'Request has expired.'],
        json: ['InvalidSignatureException', jsonStatus, refusal.message],
        s3: ['RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.'],
      });
    case 'presigned-expired':
      return pick({
        query: ['SignatureDoesNotMatch', 403, refusal.message],
        ec2: ['RequestExpired', 400, 'Request has expired.'],
        json: ['InvalidSignatureException', jsonStatus, refusal.message],
        s3: ['AccessDenied', 403, 'Request has expired'],
      });
    case 'token-expired':
      return pick({
        query: ['ExpiredToken', 403, 'The security token included in the request is expired'],
        ec2: ['RequestExpired', 400, 'Request has expired.'],
        json: ['ExpiredTokenException', jsonStatus, 'The security token included in the request is expired'],
        s3: ['ExpiredToken', 400, 'The provided token has expired.'],
      });
    case 'token-invalid':
      return pick({
        query: ['InvalidClientTokenId', 403, INVALID_TOKEN],
        ec2: ['AuthFailure', 401, EC2_FAILURE],
        json: ['UnrecognizedClientException', jsonStatus, INVALID_TOKEN],
        s3: ['InvalidToken', 400, 'The provided token is malformed or otherwise invalid.'],
      });
    case 'body-hash':
      return pick({
        query: ['SignatureDoesNotMatch', 403, 'The x-amz-content-sha256 header does not match what was computed from the body.'],
        ec2: ['AuthFailure', 401, EC2_FAILURE],
        json: ['InvalidSignatureException', jsonStatus, 'The x-amz-content-sha256 header does not match what was computed from the body.'],
        s3: ['XAmzContentSHA256Mismatch', 400, "The provided 'x-amz-content-sha256' header does not match what was computed."],
      });
  }
}
