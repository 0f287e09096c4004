import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { z } from 'zod';

/** The parts of a node of the syntax tree that decide. */
const nodeSchema = z.object({
  type: z.string(),
  value: z.unknown().optional(),
  callee: z
    .object({
      name: z.string().optional(),
      object: z.object({ name: z.string().optional() }).loose().optional(),
      property: z.object({ name: z.string().optional() }).loose().optional(),
    })
    .loose()
    .optional(),
  quasis: z.array(z.object({ value: z.object({ raw: z.string() }) })).optional(),
});
const pathSchema = z.object({
  node: nodeSchema,
  key: z.union([z.string(), z.number(), z.null()]).optional(),
  parent: nodeSchema.nullish(),
});

/**
 * Leaves texts for people as they are, because no promise depends on how they are worded: sentences, log entries,
 * descriptions in schemas, and the values in the sentences of Entra's errors.
 */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'texts', {
    shouldIgnore(path) {
      const { data } = pathSchema.safeParse(path);
      if (!data) return undefined;
      const { node, key, parent } = data;
      if (node.type === 'CallExpression') {
        const { object, property } = node.callee ?? {};
        if (property?.name === 'meta') return 'a description';
        if (['log', 'info', 'warn', 'error'].includes(property?.name ?? '') && isLog(object?.name))
          return 'a log entry';
      }
      if (parent?.callee?.name === 'entraError' && key === 1) return 'values in a sentence';
      return parent?.type !== 'TaggedTemplateExpression' && isSentence(textOf(node))
        ? 'a sentence'
        : undefined;
    },
  }),
];

const isLog = (name = ''): boolean => ['entra', 'logger'].includes(name);

const textOf = ({ type, value, quasis = [] }: z.output<typeof nodeSchema>): string => {
  if (type === 'StringLiteral') return String(value);
  return type === 'TemplateLiteral' ? quasis.map((quasi) => quasi.value.raw).join('x') : '';
};

/** Scopes are words with spaces too, but have capitals, dots or underscores in them. */
const isSentence = (text: string): boolean => (text.match(/(?<![^\s])[a-z]+(?![^\s])/g) ?? []).length > 2;
