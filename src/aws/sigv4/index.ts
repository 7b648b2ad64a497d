/** What signs and verifies, without the front door and the wires: of AWS's protocols that is all that the data plane and the command line need. */
export { Fields } from '../http.ts';
export { DEFAULT_REGION, type Credential, type Credentials } from './credentials.ts';
export { signHeaders, type SignedHeaders, type SigningOptions } from './signer.ts';
export { Verifier, type Refusal, type Verdict, type VerifiableRequest } from './verifier.ts';
