import type { Action as WireAction } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AdditionalClaim, JwtValidationAction } from '../../resources/elbv2/index.ts';
import { validationError } from './error.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_JwtValidationActionConfig.html */
const LONGEST = 256;
const MOST_CLAIMS = 10;
const MOST_VALUES = 10;
const FORMATS = ['single-string', 'string-array', 'space-separated-values'] as const;
/** "You can't specify exp, iss, nbf, or iat because we validate them by default." */
const ALWAYS_VALIDATED = ['exp', 'iss', 'nbf', 'iat'];

export function jwtValidation(given: WireAction): JwtValidationAction['JwtValidationConfig'] {
  const config = given.JwtValidationConfig;
  if (config === undefined) throw validationError("A JWT validation configuration must be specified for actions with type 'jwt-validation'");
  const { JwksEndpoint: endpoint, Issuer: issuer, AdditionalClaims: claims = [] } = config;
  if (!endpoint) throw validationError('A JWKS endpoint must be specified');
  if (!issuer) throw validationError('An issuer must be specified');
  if (endpoint.length > LONGEST) throw validationError(`JWKS endpoint cannot be longer than '${LONGEST}' characters`);
  if (issuer.length > LONGEST) throw validationError(`Issuer cannot be longer than '${LONGEST}' characters`);
  if (!isHttpsUrl(endpoint)) throw validationError(`JWKS endpoint '${endpoint}' must be a full URL, including the HTTPS protocol, the domain, and the path`);
  if (claims.length > MOST_CLAIMS) throw validationError(`The number of additional claims cannot exceed '${MOST_CLAIMS}'`);
  const names = new Set<string>();
  return { JwksEndpoint: endpoint, Issuer: issuer, AdditionalClaims: claims.map((claim) => additionalClaim(claim, names)) };
}

type WireClaim = NonNullable<NonNullable<WireAction['JwtValidationConfig']>['AdditionalClaims']>[number];

function additionalClaim({ Format: format, Name: name, Values: values = [] }: WireClaim, names: Set<string>): AdditionalClaim {
  const known = FORMATS.find((each) => each === format);
  if (known === undefined) throw validationError(`Additional claim format '${format}' must be one of '${FORMATS.join(',')}'`);
  if (!name) throw validationError('An additional claim name must be specified');
  if (name.length > LONGEST) throw validationError(`Additional claim name cannot be longer than '${LONGEST}' characters`);
  if (ALWAYS_VALIDATED.includes(name)) throw validationError(`Additional claim name '${name}' cannot be specified because it is validated by default`);
  if (names.has(name)) throw validationError(`Additional claim '${name}' was specified more than once`);
  names.add(name);
  if (values.length === 0) throw validationError(`At least one value must be specified for additional claim '${name}'`);
  if (values.length > MOST_VALUES) throw validationError(`The number of values of additional claim '${name}' cannot exceed '${MOST_VALUES}'`);
  // a claim has one text: more values than that could never all hold, and which one holds would be a guess
  if (known === 'single-string' && values.length > 1) throw validationError(`Additional claim '${name}' with format 'single-string' must have exactly one value`);
  for (const value of values) {
    if (value === '' || value.length > LONGEST) throw validationError(`A value of additional claim '${name}' must have between 1 and ${LONGEST} characters`);
    if (known === 'space-separated-values' && value.includes(' ')) throw validationError(`Value '${value}' of additional claim '${name}' cannot include spaces`);
  }
  return { Format: known, Name: name, Values: [...values] };
}

/** A full URL with nothing in it that would not reach the endpoint: no credentials, no fragment. */
export function isHttpsUrl(text: string): boolean {
  if (!URL.canParse(text) || /[\s\\]/.test(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  return protocol === 'https:' && hostname !== '' && username === '' && password === '' && hash === '';
}
