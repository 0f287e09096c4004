import { expect, test } from './fixtures.ts';
import { takeJourney } from './journey.ts';
import { priya } from './sign-in-pages.ts';

test('a user signs in, sees profile and leave, requests leave, cancels it, and signs out', async ({
  page,
  signIn,
}) => {
  await takeJourney(page, {
    async signIn(arrived) {
      await signIn.complete(priya.mail);
      await expect(arrived).toBeVisible();
    },
    signOut: () => signIn.signOut(),
  });
});
