import http from 'node:http';

/**
 * Measures the CPU time of GET requests, ten at a time, on connections that are kept. The figure includes the client, and
 * the server if it is in this process.
 *
 * @param requestsARound A multiple of ten.
 */
export function measureCpu(url: string, requestsARound: number, headers: http.OutgoingHttpHeaders = {}) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      http
        .get(url, { agent, headers }, (response) => {
          if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
          response.resume().once('end', resolve);
        })
        .once('error', reject);
    });
  return {
    /** Microseconds of CPU per request. */
    async round(): Promise<number> {
      const before = process.cpuUsage();
      for (let sent = 0; sent < requestsARound; sent += 10)
        await Promise.all(Array.from({ length: 10 }, ask));
      const { user, system } = process.cpuUsage(before);
      return (user + system) / requestsARound;
    },
    close: () => agent.destroy(),
  };
}
