import fc from 'fast-check';

const oddNumbers = fc.constantFrom(
  ...[
    '1e400',
    '-1e400',
    '1e-400',
    '-0',
    '0.1',
    '9007199254740993',
    '123456789012345678901234567890',
    '1E+2',
    '01',
    '+1',
    '.5',
    '0x10',
  ],
);
const strings = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 600 }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '\u0000',
    '\ud83d',
    '\u202e',
    '\u2028',
    '<script>',
    "'; drop table leave_request; --",
    '{{7*7}}',
    'x'.repeat(501),
  ),
);
const anything = fc.oneof(
  fc.json({ maxDepth: 4, stringUnit: 'binary' }),
  oddNumbers,
  strings.map((text) => JSON.stringify(text)),
  fc.nat(3_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
);

/** First and last day of leave in the first weeks of a year. Some ranges overlap, and some end before they start. */
const periods = (year: number) => {
  const day = (number: number): string => new Date(Date.UTC(year, 0, number)).toISOString().slice(0, 10);
  return fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -1, max: 9 }))
    .map(([first, length]) => ({ startDate: day(first), endDate: day(first + length) }));
};

const oddDays = fc.constantFrom(
  ...['2031-02-30', '2031-13-01', '0000-00-00', '0001-01-01', '9999-12-31', '+010000-01-01', '2031-1-1', ' '],
  ...['2031-01-01T00:00:00Z', '20310101', '2031-01-01\u0000', '\u0662\u0660\u0663\u0661-01-01'],
);

/** Mostly values that match the schema, otherwise any value, as JSON text, because objects cannot express all JSON. */
const mostly = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 14, arbitrary: value.map((given) => JSON.stringify(given)) },
    { weight: 1, arbitrary: anything },
  );

/** Members by their names, each as JSON text. Some may be missing, and there may be others. */
const objectOf = (members: fc.Arbitrary<readonly (readonly [string, string])[]>): fc.Arbitrary<string> => {
  const others = fc.tuple(
    fc.oneof(
      strings,
      fc.constantFrom(
        '__proto__',
        'constructor',
        'prototype',
        'toString',
        'id',
        'status',
        'days',
        'oid',
        'startDate',
        'note',
      ),
    ),
    anything,
  );
  return fc
    .tuple(
      fc.oneof(
        { weight: 4, arbitrary: members },
        { weight: 1, arbitrary: members.chain((all) => fc.subarray([...all])) },
      ),
      fc.array(others, { maxLength: 3 }),
    )
    .map((entries) => entries.flat().map(([name, value]) => `${JSON.stringify(name)}:${value}`))
    .map((written) => `{${written.join(',')}}`);
};

const notes = mostly(
  fc.option(fc.oneof({ weight: 3, arbitrary: fc.string() }, { weight: 1, arbitrary: strings })),
);

const leaveRequests = (year: number): fc.Arbitrary<string> => {
  const approver = fc.oneof(
    fc.constant(null),
    fc.record({ name: strings, mail: fc.option(strings), objectId: fc.uuid() }, { requiredKeys: [] }),
  );
  const day = (usual: string) =>
    mostly(fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: oddDays }));
  const members = periods(year).chain(({ startDate, endDate }) =>
    fc.tuple(
      fc.tuple(fc.constant('startDate'), day(startDate)),
      fc.tuple(fc.constant('endDate'), day(endDate)),
      fc.tuple(fc.constant('note'), notes),
      fc.tuple(fc.constant('approver'), mostly(approver)),
    ),
  );
  return objectOf(members);
};

/** Whole bodies: close to what is expected, any JSON, and text that is not JSON. */
const bodiesNear = (expected: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: expected },
    { weight: 2, arbitrary: anything },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(expected, fc.nat(), fc.string({ maxLength: 3 }))
        .map(
          ([body, at, piece]) => body.slice(0, at % body.length) + piece + body.slice((at % body.length) + 1),
        ),
    },
  );

/** Bodies of leave requests in the first weeks of a year. */
export const leaveBodies = (year: number): fc.Arbitrary<string> => bodiesNear(leaveRequests(year));

/** Bodies of decisions on leave requests. */
export const decisionBodies: fc.Arbitrary<string> = bodiesNear(
  objectOf(fc.tuple(fc.tuple(fc.constant('note'), notes))),
);

/** Returns the path of a decision: approvals and rejections take turns. */
export const decisionOn = (id: string, run: number): string =>
  `/api/team/leave-requests/${id}/${run % 2 === 0 ? 'approval' : 'rejection'}`;
