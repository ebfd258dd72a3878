/** The host on Cloudflare, and how often the platform made one of its objects: what a sleep looks like from outside. */
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
