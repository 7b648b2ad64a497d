/** A service model as it lies in `models/`: botocore's JSON, documentation removed, patches applied. Nothing here is interpreted. */
export interface ModelDocument {
  readonly metadata: MetadataDocument;
  readonly operations: Readonly<Record<string, OperationDocument>>;
  readonly shapes: Readonly<Record<string, ShapeDocument>>;
}

export interface MetadataDocument {
  readonly apiVersion: string;
  readonly endpointPrefix?: string;
  readonly signingName?: string;
  readonly serviceId?: string;
  readonly protocol: string;
  readonly protocols?: readonly string[];
  readonly jsonVersion?: string;
  readonly targetPrefix?: string;
  readonly xmlNamespace?: string | { readonly uri: string };
  readonly awsQueryCompatible?: object;
  /** Patched in: errors stand at the root of the body (`<Error>`), as S3 sends them. */
  readonly noErrorWrapping?: boolean;
}

export interface OperationDocument {
  readonly name: string;
  readonly http?: { readonly method?: string; readonly requestUri?: string; readonly responseCode?: number };
  readonly input?: RefDocument;
  readonly output?: RefDocument & { readonly resultWrapper?: string };
  readonly errors?: readonly RefDocument[];
  readonly deprecated?: boolean;
  readonly requestcompression?: object;
  readonly endpoint?: { readonly hostPrefix?: string };
  /** Patched in: the only member of the output is the text of the root element (S3 GetBucketLocation). */
  readonly unwrappedOutput?: boolean;
}

/** The traits that may stand on a shape or, overriding it, on a reference to it. */
export interface TraitsDocument {
  readonly locationName?: string;
  readonly queryName?: string;
  readonly location?: string;
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  readonly xmlAttribute?: boolean;
  readonly xmlNamespace?: string | { readonly uri: string; readonly prefix?: string };
  readonly timestampFormat?: string;
  readonly jsonvalue?: boolean;
  readonly eventpayload?: boolean;
  readonly eventheader?: boolean;
  readonly hostLabel?: boolean;
  readonly idempotencyToken?: boolean;
  readonly sensitive?: boolean;
  readonly mediaType?: string;
}

export interface RefDocument extends TraitsDocument {
  readonly shape: string;
}

export interface ShapeDocument extends TraitsDocument {
  readonly type: string;
  readonly members?: Readonly<Record<string, RefDocument>>;
  readonly member?: RefDocument;
  readonly key?: RefDocument;
  readonly value?: RefDocument;
  readonly required?: readonly string[];
  readonly payload?: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly union?: boolean;
  readonly document?: boolean;
  readonly eventstream?: boolean;
  readonly event?: boolean;
  readonly exception?: boolean;
  readonly fault?: boolean;
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number; readonly senderFault?: boolean; readonly fault?: boolean };
}
