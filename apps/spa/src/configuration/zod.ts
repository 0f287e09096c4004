import * as z from 'zod/mini';

// Zod compiles parsers with `new Function` unless told not to; the Content-Security-Policy forbids that and
// the browser reports the attempt.
z.config({ jitless: true });

export { z };
