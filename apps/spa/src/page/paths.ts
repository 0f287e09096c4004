export const paths = {
  overview: '/',
  requestLeave: '/leave/new',
  howItWorks: '/how-it-works',
} as const;
