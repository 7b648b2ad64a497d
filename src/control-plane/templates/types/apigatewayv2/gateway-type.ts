import type { ResourceType } from '../resource-type.ts';
import type { Property } from '../schema.ts';

/** A noun of API Gateway v2 as a resource type: its properties are the members of its operations, but for what `input` changes. */
export interface GatewayNoun {
  /** `AWS::ApiGatewayV2::Route` */
  readonly name: string;
  /** As its operations call it: `Route` of CreateRoute. */
  readonly noun: string;
  /** The member that holds its id: `RouteId`. */
  readonly id: string;
  /** Members that lead to it, beside its own id: `ApiId`. They are properties whose change replaces. */
  readonly parents: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
  /** What an update says for a property that left the template, so that it is AWS's default again. */
  readonly resets: Readonly<Record<string, unknown>>;
  readonly nameProperty?: string;
  /** Properties as the operations want them, where they differ. */
  readonly input?: (name: string, value: unknown) => unknown;
  /** Members of the answer that Fn::GetAtt gives, beside the id. */
  readonly attributes?: readonly string[];
}

export function gatewayType({ name, noun, id, parents, properties, resets, nameProperty, input, attributes = [] }: GatewayNoun): ResourceType {
  const given = (properties: Readonly<Record<string, unknown>>, names: Iterable<string>): Record<string, unknown> =>
    Object.fromEntries([...names].flatMap((name) => (properties[name] === undefined ? [] : [[name, input ? input(name, properties[name]) : properties[name]]])));
  const where = (properties: Readonly<Record<string, unknown>>): Record<string, unknown> => given(properties, parents);
  return {
    name,
    nameProperty: nameProperty ?? null,
    properties,
    attributes: [id, ...attributes],

    async create({ call, properties, made }) {
      const created = await call('apigatewayv2', `Create${noun}`, given(properties, Object.keys(properties)));
      const physicalId = String(created[id]);
      await made(physicalId);
      return physicalId;
    },

    async update({ call, physicalId, properties, changed }) {
      const leaving = [...changed].filter((name) => properties[name] === undefined && Object.hasOwn(resets, name)).map((name) => [name, resets[name]]);
      await call('apigatewayv2', `Update${noun}`, { ...where(properties), [id]: physicalId, ...given(properties, changed), ...Object.fromEntries(leaving) });
    },

    async delete({ call, physicalId, properties }) {
      await call('apigatewayv2', `Delete${noun}`, { ...where(properties), [id]: physicalId });
    },

    async read({ call, physicalId, properties }) {
      const found = attributes.length === 0 ? {} : await call('apigatewayv2', `Get${noun}`, { ...where(properties), [id]: physicalId });
      return { ref: physicalId, attributes: { [id]: physicalId, ...Object.fromEntries(attributes.map((name) => [name, found[name] ?? ''])) } };
    },
  };
}
