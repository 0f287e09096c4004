import type { User } from '../../directory/users.ts';
import type { EntraError } from '../errors/entra-error.ts';
import type { Client } from '../scopes/client.ts';
import type { PermissionRequest } from '../scopes/consent.ts';
import { type FormState, flowField, identity, initials, otherAccount } from './account-pages.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

/** `offered`: the user may also consent for the organization; `only`: the user does only that. */
export type ForOrganization = 'no' | 'offered' | 'only';

/** Renders the consent page. Administrators can also consent for the organization. */
export function consentPage(
  form: FormState,
  client: Client,
  user: User,
  requests: readonly PermissionRequest[],
  forOrganization: ForOrganization,
): Page {
  const appName = client.application.displayName;
  return {
    title: 'Permissions requested',
    content: html`${identity(user)}
<h1>Permissions requested</h1>
${forOrganization === 'only' ? html`<p class="lead">Review for your organization</p>` : ''}
${application(appName)}
<form method="post" action="${form.base}/sign-in/consent" data-step="consent">
${groups(requests)}
${flowField(form)}
${forOrganization === 'offered' ? organizationBox : ''}
<p class="muted terms" id="terms">Accept only if you trust these applications. Their publishers are not verified.</p>
<p class="actions sticky"><button class="button" name="consent" value="cancel">Cancel</button><button class="button primary" name="consent" value="accept" aria-describedby="terms">Accept</button></p>
</form>
${otherAccount(form)}`,
  };
}

/** Renders the page that says that only an administrator can consent. */
export function adminApprovalPage(
  form: FormState,
  client: Client,
  user: User,
  requests: readonly PermissionRequest[],
  rejection: EntraError,
): Page {
  const appName = client.application.displayName;
  return {
    title: 'Need admin approval',
    content: html`${identity(user)}
<h1>Need admin approval</h1>
${application(appName)}
<p class="lead" id="error" data-number="${rejection.number}">${rejection.text} <small>AADSTS${rejection.number}</small></p>
${groups(requests)}
<form method="post" action="${form.base}/sign-in/consent" data-step="admin-approval">
${flowField(form)}
<p class="actions"><button class="button" name="consent" value="return">Return to the application without granting consent</button></p>
</form>
${otherAccount(form, 'Have an admin account? Sign in with that account')}`,
  };
}

const application = (name: string): Html =>
  html`<div class="app">${initials(name)}<p><strong>${name}</strong><span class="muted">Publisher: unverified</span></p></div>`;

function groups(requests: readonly PermissionRequest[]): Html[] {
  const asking = [...new Set(requests.map(({ client }) => client.application))];
  return asking.map(
    (app) => html`<section class="group"><h2>${app.displayName} would like to:</h2>
<ul class="permissions">
${requests.filter(({ client }) => client.application === app).map(permissionItem)}
</ul></section>`,
  );
}

/** Renders a permission with its description folded, as Entra ID does, so that the buttons stay in view. */
function permissionItem({ permission, resource, kind }: PermissionRequest): Html {
  const name = permission.userConsentDisplayName ?? permission.adminConsentDisplayName ?? permission.value;
  const description = permission.userConsentDescription ?? permission.adminConsentDescription ?? '';
  return html`<li><details><summary>${name}</summary><p class="muted">${description}</p><small>${resource.application.displayName}: <code>${permission.value}</code>${kind === 'application' ? ' (application permission: used without a signed-in user)' : ''}</small></details></li>`;
}

const organizationBox = html`<label class="check"><input type="checkbox" name="organization" value="1"> <span>Consent on behalf of your organization<br><span class="muted">No one else in the organization will be asked.</span></span></label>`;
