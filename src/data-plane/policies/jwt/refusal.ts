/** Why a request with, or without, a token is refused. */
export type Refusal =
  | 'token-missing'
  | 'token-malformed'
  | 'algorithm-refused'
  | 'kid-missing'
  | 'key-unknown'
  | 'signature-wrong'
  | 'claim-missing'
  | 'claim-malformed'
  | 'claim-wrong'
  | 'issuer-wrong'
  | 'audience-wrong'
  | 'expired'
  | 'not-yet-valid'
  | 'issued-later'
  | 'scope-missing'
  /** No key set can be had: the endpoint is down, slow, or answers too much or nonsense. */
  | 'keys-timeout'
  | 'keys-too-large'
  | 'keys-failed';
