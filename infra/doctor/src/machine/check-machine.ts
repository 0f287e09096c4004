import type { Commands } from '../commands.ts';
import { type Finding, finding, fine, type Observation } from '../finding.ts';
import type { Port } from './read-ports.ts';
import type { ConfiguredPort } from './wanted-ports.ts';

export interface Machine {
  /** As `process.versions.node`. */
  nodeVersion: string;
  ports: readonly (Port & ConfiguredPort)[];
}

const neededNode = 24;

/** Looks at Node.js and the ports. */
export function checkMachine({ nodeVersion, ports }: Machine, commands: Commands): Observation[] {
  return [checkNode(nodeVersion), ...ports.flatMap((port) => checkPort(port, ports, commands))];
}

function checkNode(version: string): Observation {
  return Number.parseInt(version, 10) >= neededNode
    ? fine(`Node.js ${version}`)
    : finding(
        'node_too_old',
        `Node.js is ${version}, and ${neededNode} is needed.`,
        'Run it through pnpm, which brings its own: `npx -y pnpm@12 run doctor`.',
      );
}

function checkPort(
  port: Machine['ports'][number],
  ports: Machine['ports'],
  { register, start }: Commands,
): Observation[] {
  const { variable, purpose, registered, state, failing } = port;
  const name = `Port ${port.port}, for ${purpose},`;
  const before = ports.slice(0, ports.indexOf(port)).find((other) => other.port === port.port);
  if (before) {
    const problem = `Port ${port.port} is wanted twice: by ${before.purpose} and by ${purpose}.`;
    return [finding('port_wanted_twice', problem, `Choose another with ${variable}=<port>.`)];
  }
  const findings: Finding[] = [];
  if (registered !== null && registered !== port.port) {
    findings.push(
      finding(
        'port_not_registered',
        `${variable} is ${port.port}, and ${purpose} is registered at port ${registered}.`,
        `Unset ${variable}, or register the new port: \`${variable}=${port.port} ${register}\`.`,
      ),
    );
  }
  if (state === 'taken') {
    const problem = `${name} is taken by another program.`;
    const other = registered === null ? `${variable}=<port>` : `\`${variable}=<port> ${register}\``;
    return [
      ...findings,
      finding('port_taken', problem, `End that program, or choose another port: ${other}.`),
    ];
  }
  if (state === 'not_ready') {
    const reason = failing.length === 0 ? '' : `: ${failing.join(', ')} failing`;
    const problem = `${upper(purpose)} runs on port ${port.port} and is not ready${reason}.`;
    return [...findings, finding('service_not_ready', problem, 'Read what it printed where `start` runs.')];
  }
  if (state === 'outdated') {
    const problem = `${upper(purpose)} on port ${port.port} runs with another client ID than its file has now.`;
    const fix = `What runs reads its file when it starts: press Ctrl-C there, and \`${start}\`.`;
    return [...findings, finding('service_runs_with_old_files', problem, fix)];
  }
  return [
    ...findings,
    fine(state === 'free' ? `${name} is free` : `${upper(purpose)} is ready at port ${port.port}`),
  ];
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
