import type { Random } from '../../kernel/index.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** Length of what makes a name unique. */
const SUFFIX = 12;

/** `STACK-LOGICALID-RANDOM`, as CloudFormation names what a template does not name; the logical id is kept whole as long as it can be. */
export function generatedName({ stack, logicalId, longest }: { readonly stack: string; readonly logicalId: string; readonly longest: number }, random: Random): string {
  const room = longest - SUFFIX - 2;
  const whole = stack.length + logicalId.length <= room;
  const shortStack = whole ? stack : stack.slice(0, Math.max(Math.floor(room / 2), room - logicalId.length));
  const unique = Array.from(random.bytes(SUFFIX), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `${shortStack.replace(/-+$/, '')}-${logicalId.slice(0, room - shortStack.length)}-${unique}`;
}
