/** See README.md. */
export { ApiRouter, decoded, type ApiMatch, type ApiMatchKind } from './api-router.ts';
export { EntranceRouter, routePathOf, type Arrival, type EntryPoint } from './entrance.ts';
export { type ConditionExplanation, type Explanation, type RouteExplanation } from './explanation.ts';
export { type Routable } from './request-view.ts';
export { explain, linkRouter, type ListenerRouter } from './router.ts';
