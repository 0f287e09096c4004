import { variablesSchema as bff } from '@obo/bff';
import { variablesSchema as cli } from '@obo/cli';
import { variablesSchema as downstreamApi } from '@obo/downstream-api';
import { variablesSchema as localTenant } from '@obo/local-tenant';
import { variablesSchema as middleTierApi } from '@obo/middle-tier-api';
import { memberOf, variablesSchema as spa } from '@obo/spa/configuration';
import { variablesSchema as register } from '../../../infra/app-registration/src/configuration.ts';
import { variablesSchema as start } from '../../../infra/start/src/configuration.ts';
import { code, table } from './markdown.ts';
import { type Variable, variablesOf } from './variables.ts';

/** Returns the tables of the page "Configuration", by the names of their markers. A pure function. */
export function configurationPage(): Readonly<Record<string, string>> {
  const middleTier = variablesOf(middleTierApi);
  const downstream = variablesOf(downstreamApi);
  const inBoth = middleTier.flatMap((one) => {
    const other = downstream.find(
      ({ name, description }) => name === one.name && description === one.description,
    );
    return other ? [[one, other] as const] : [];
  });
  const namesInBoth = new Set(inBoth.map(([{ name }]) => name));
  const ownOf = (variables: readonly Variable[]) => variables.filter(({ name }) => !namesInBoth.has(name));
  return {
    'both APIs': variableTable(inBoth.map(([one, other]) => row(one, defaultOfBoth(one, other)))),
    'middle-tier API': ownTable(ownOf(middleTier)),
    'downstream API': ownTable(ownOf(downstream)),
    SPA: spaTable(),
    'command line': ownTable(variablesOf(cli)),
    'backend for frontend': ownTable(variablesOf(bff).filter((variable) => !isSame(variable, middleTier))),
    ...toolTables(),
  };
}

/** Whether an API has the variable too, with the same meaning and default. */
const isSame = ({ name, description, default: preset }: Variable, others: readonly Variable[]): boolean =>
  others.some(
    (other) => other.name === name && other.description === description && other.default === preset,
  );

const variableTable = (rows: readonly (readonly string[])[]): string =>
  table(['variable', 'default', 'meaning'], rows);

const ownTable = (variables: readonly Variable[]): string =>
  variableTable(variables.map((variable) => row(variable, defaultOf(variable))));

const tools = { start, 'local tenant': localTenant };

/** Variables of `register` that another tool has as well are in that tool's table only. */
function toolTables() {
  const known = Object.values(tools).flatMap((schema) => Object.keys(schema.shape));
  const own = variablesOf(register).filter(({ name }) => !known.includes(name));
  const all = [
    ...Object.entries(tools).map(([name, schema]) => [name, variablesOf(schema)] as const),
    ['app registration', own] as const,
  ];
  return Object.fromEntries(all.map(([name, variables]) => [name, ownTable(variables)]));
}

function spaTable(): string {
  const members = new Map<string, string>(Object.entries(memberOf));
  const rows = variablesOf(spa).map((variable) => {
    const [name = '', ...rest] = row(variable, defaultOf(variable));
    const member = members.get(variable.name);
    return [name, member === undefined ? '' : code(member), ...rest];
  });
  return table(['variable', 'member of `configuration.json`', 'default', 'meaning'], rows);
}

const row = ({ name, description }: Variable, preset: string): readonly string[] => [
  code(name),
  preset,
  description,
];

const defaultOf = ({ required, default: preset }: Variable): string =>
  preset === undefined ? (required ? 'required' : 'none') : code(preset);

const defaultOfBoth = (middleTier: Variable, downstream: Variable): string =>
  middleTier.default === downstream.default
    ? defaultOf(middleTier)
    : `${defaultOf(middleTier)}; downstream API ${defaultOf(downstream)}`;
