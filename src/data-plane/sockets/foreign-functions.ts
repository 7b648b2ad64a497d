/** node:ffi, as far as it is used here: new in Node.js 26.1, and experimental. */
export interface ForeignFunctions {
  readonly DynamicLibrary: new (path: null) => Library;
  getRawPointer(octets: ArrayBufferView): bigint;
  toArrayBuffer(address: bigint, length: number, copy: boolean): ArrayBuffer;
  /** The text that ends with 0 at an address. */
  toString(address: bigint): string;
}

/** The functions that the program itself has, C's library and OpenSSL among them. */
export interface Library {
  getFunction(name: string, signature: Signature): (...parameters: unknown[]) => unknown;
  /** Where C finds the function. It stays there as long as the library is kept. */
  registerCallback(signature: Signature, callback: (...parameters: never[]) => unknown): bigint;
}

export interface Signature {
  readonly arguments: readonly string[];
  readonly return: string;
}

/** Null where it is not to be had, or may not be used; what is written of memory elsewhere in this room is so where addresses have 64 bits. */
export const foreignFunctions: ForeignFunctions | null = (() => {
  if (process.arch !== 'x64' && process.arch !== 'arm64') return null;
  try {
    return quietly(() => (process as unknown as { getBuiltinModule(name: string): ForeignFunctions | undefined }).getBuiltinModule('node:ffi')) ?? null;
  } catch {
    return null;
  }
})();

/** Without the warning that it is experimental, of which whoever runs Turnpike has nothing: where it fails there is another way. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
