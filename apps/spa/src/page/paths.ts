/** Every route of the app. */
export const paths = {
  overview: '/',
  requestLeave: '/leave/new',
  whatHappened: '/how-it-works',
} as const;
