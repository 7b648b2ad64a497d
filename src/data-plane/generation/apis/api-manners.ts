import { gatewayErrorOf, type Manners, type RequestIds } from '../../exchange/index.ts';

/** How an entrance of APIs speaks for itself: JSON, and no word about its software. */
export function apiManners(requestIds: RequestIds): Manners {
  return {
    server: '',
    reply: (fault) => {
      const { status, message } = gatewayErrorOf(fault);
      return { status, reason: null, headers: `Content-Type: application/json\r\n${requestIds.nextLine()}`, body: `{"message":"${message}"}` };
    },
  };
}
