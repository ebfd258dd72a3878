/** The host on Cloudflare. It also tells how often the platform made one of its objects: that shows whether an object slept. */
import worker, { Main as Room } from './worker.ts'

let made = 0

export class Main extends Room {
  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env)
    made++
  }
}

export default {
  async fetch(request: Request, env: Cloudflare.Env): Promise<Response> {
    return new URL(request.url).pathname === '/healthz' ? new Response(String(made)) : worker.fetch(request, env)
  },
}
