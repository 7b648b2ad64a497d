/** See README.md. */
export { type ConditionExplanation, type Explanation, type RouteExplanation } from './explanation.ts';
export { type Routable } from './request-view.ts';
export { explain, linkRouter, type ListenerRouter } from './router.ts';
