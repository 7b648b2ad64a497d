import { AwsError, FrontDoor, modelsOf, noCredentials, type HttpResponse, type Protocol } from '../../src/aws/index.ts';
import { FakeClock, seededRandom } from '../../src/kernel/index.ts';
import { typed, type CaseWithModel } from './cases.ts';

/** What a front door sends for the result or the error of an output case. */
export async function answerOf(entry: CaseWithModel): Promise<{ response: HttpResponse; protocol: Protocol }> {
  const { case: given, document } = entry;
  const models = modelsOf({ cases: document });
  const model = models.model('cases');
  const operation = model.operation(given.given.name)!;
  const services = [{
    name: 'cases',
    refusals: {},
    operations: {
      [operation.name]: () => {
        if (given.errorCode === undefined) return typed(operation.output, given.result ?? {});
        const error = model.error(given.errorCode) ?? model.error(operation.errors[0] ?? '');
        throw new AwsError(error?.shapeName ?? given.errorCode, given.errorMessage ?? '', { status: given.response!.status_code, members: typed(error?.shape ?? null, given.error ?? {}) });
      },
    },
  }];
  const door = new FrontDoor({ services, models, clock: new FakeClock(), random: seededRandom(1), credentials: noCredentials, verify: 'never' });
  const protocol = model.protocols[0]!;
  const request = {
    query: { url: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `Action=${operation.name}&Version=${model.apiVersion}` },
    ec2: { url: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `Action=${operation.name}&Version=${model.apiVersion}` },
    json: { url: '/', headers: { 'x-amz-target': `${model.targetPrefix}.${operation.name}` }, body: '{}' },
    'rpc-v2-cbor': { url: `/service/${model.targetPrefix}/operation/${operation.name}`, headers: { 'smithy-protocol': 'rpc-v2-cbor' }, body: '' },
    'rest-json': { url: operation.path, headers: {}, body: '' },
    'rest-xml': { url: operation.path, headers: {}, body: '' },
  }[protocol];
  const headers = { authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/${model.signingName}/aws4_request`, ...request.headers };
  const response = await door.handle({ method: operation.method, url: request.url, rawHeaders: Object.entries(headers).flat(), body: Buffer.from(request.body), remoteAddress: '127.0.0.1' });
  return { response, protocol };
}
