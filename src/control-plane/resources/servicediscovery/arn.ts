type Place = { readonly account: string; readonly region: string };

export function discoveryArn({ account, region }: Place, noun: 'namespace' | 'service', id: string): string {
  return `arn:aws:servicediscovery:${region}:${account}:${noun}/${id}`;
}
