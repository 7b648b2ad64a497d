export { stsService } from './service.ts';
export { STS_MEMBERS } from './members.ts';
