import type { Commands } from '../commands.ts';
import { type Finding, finding, type Observation, passed } from '../finding.ts';
import type { ConfiguredPort } from './configured-ports.ts';
import type { Port } from './read-ports.ts';

export interface Machine {
  /** As `process.versions.node`. */
  nodeVersion: string;
  ports: readonly (Port & ConfiguredPort)[];
}

const requiredNode = 24;

/** Checks the version of Node.js and the ports. */
export function checkMachine({ nodeVersion, ports }: Machine, commands: Commands): Observation[] {
  return [checkNode(nodeVersion), ...ports.flatMap((port) => checkPort(port, ports, commands))];
}

function checkNode(version: string): Observation {
  return Number.parseInt(version, 10) >= requiredNode
    ? passed(`Node.js ${version}`)
    : finding(
        'node_too_old',
        `Node.js is ${version}, but ${requiredNode} is required.`,
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
    const problem = `Port ${port.port} is configured twice: for ${before.purpose} and for ${purpose}.`;
    return [finding('port_configured_twice', problem, `Choose another with ${variable}=<port>.`)];
  }
  const findings: Finding[] = [];
  if (registered !== null && registered !== port.port) {
    findings.push(
      finding(
        'port_not_registered',
        `${variable} is ${port.port}, but ${purpose} is registered at port ${registered}.`,
        `Unset ${variable}, or register the new port: \`${variable}=${port.port} ${register}\`.`,
      ),
    );
  }
  if (state === 'in_use') {
    const problem = `${name} is already in use by another program.`;
    const other = registered === null ? `${variable}=<port>` : `\`${variable}=<port> ${register}\``;
    return [
      ...findings,
      finding('port_in_use', problem, `Stop that program, or choose another port: ${other}.`),
    ];
  }
  if (state === 'not_ready') {
    const reason = failing.length === 0 ? '' : `: ${failing.join(', ')} failing`;
    const problem = `${capitalize(purpose)} is running on port ${port.port} but is not ready${reason}.`;
    return [...findings, finding('service_not_ready', problem, 'Read its log where `start` runs.')];
  }
  if (state === 'outdated') {
    const problem = `${capitalize(purpose)} on port ${port.port} is running with another client ID than its file has now.`;
    const fix = `Restart it: press Ctrl-C where it runs, then \`${start}\`.`;
    return [...findings, finding('service_runs_with_old_files', problem, fix)];
  }
  return [
    ...findings,
    passed(state === 'free' ? `${name} is free` : `${capitalize(purpose)} is ready at port ${port.port}`),
  ];
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
