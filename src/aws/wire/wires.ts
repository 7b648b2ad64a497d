import type { Protocol } from '../model/service-model.ts';
import { ec2Wire } from './ec2/wire.ts';
import { jsonWire } from './json/wire.ts';
import { queryWire } from './query/wire.ts';
import { restJsonWire } from './rest-json/wire.ts';
import { restXmlWire } from './rest-xml/wire.ts';
import { rpcV2CborWire } from './rpc-v2-cbor/wire.ts';
import type { Wire } from './wire.ts';

export const wires: Readonly<Record<Protocol, Wire>> = {
  query: queryWire,
  ec2: ec2Wire,
  json: jsonWire,
  'rest-json': restJsonWire,
  'rest-xml': restXmlWire,
  'rpc-v2-cbor': rpcV2CborWire,
};
