/** See README.md. */
export { AdminApi } from './admin-api.ts';
export { countOf, parityIndex, parityPage, type OperationParity, type ServiceParity, type SettingParity } from './parity.ts';
export { type AdminAnswer, type AdminRequest } from './request.ts';
export { type AdminSources, type ExplainRequest, type StackRun, type StackSources, type WorkerStatus } from './sources.ts';
export { type Status } from './status.ts';
export { terraformOverride } from './terraform.ts';
