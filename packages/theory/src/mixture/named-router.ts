import { getRouter, type Router } from '@tfjs-moe/core';
import { linearRouter } from '@tfjs-moe/gates';
import { isLinear } from './covered-form.ts';

/** The router itself where its config can be read again; else the linear one in its place, if it is linear. */
export function namedRouter(router: Router): Router {
  return isLinear(router) && !canBeRead(router) ? linearRouter() : router;
}

function canBeRead(router: Router): boolean {
  try {
    getRouter(router.config);
    return true;
  } catch {
    return false;
  }
}
