export const sections = {
  machine: 'This machine',
  files: 'Environment files',
  identityProvider: 'Identity provider',
  registrations: 'App registrations',
  consent: 'Consent',
  token: 'Token',
} as const;
export type Section = keyof typeof sections;

/** `note`: no problem, but worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

/** A kind of finding. `page` is the error that it leads to. */
interface Kind {
  section: Section;
  severity: Severity;
  page?: string;
}

const error = (section: Section, page?: string) =>
  ({ section, severity: 'error', ...(page !== undefined && { page }) }) as const satisfies Kind;
const warning = (section: Section, page?: string) =>
  ({ section, severity: 'warning', ...(page !== undefined && { page }) }) as const satisfies Kind;
const note = (section: Section, page?: string) =>
  ({ section, severity: 'note', ...(page !== undefined && { page }) }) as const satisfies Kind;

/** Every kind of finding. The reference has a row for each. */
export const catalogue = {
  node_too_old: error('machine'),
  port_in_use: error('machine'),
  port_configured_twice: error('machine'),
  port_not_registered: error('machine', 'AADSTS50011'),
  service_not_ready: warning('machine', 'dependencies_unavailable'),
  service_runs_with_old_files: error('machine', 'AADSTS700016'),

  environment_files_missing: error('files'),
  environment_file_missing: error('files'),
  environment_file_unreadable: error('files'),
  environment_file_incomplete: error('files'),
  environment_value_invalid: error('files'),
  environment_file_readable_by_others: warning('files'),
  environment_files_disagree: error('files'),
  client_secret_is_its_id: error('files', 'AADSTS7000215'),
  several_credentials: error('files'),
  certificate_unusable: error('files', 'AADSTS700027'),
  certificate_expired: error('files', 'AADSTS700027'),
  certificate_expires_soon: warning('files', 'AADSTS700027'),

  identity_provider_unreachable: error('identityProvider', 'identity_provider_unavailable'),
  identity_provider_not_https: error('identityProvider'),
  tenant_unknown: error('identityProvider', 'AADSTS90002'),
  issuer_differs: error('identityProvider', 'invalid_token'),
  signing_keys_missing: error('identityProvider', 'identity_provider_unavailable'),
  clock_inexact: warning('identityProvider', 'AADSTS700024'),
  clock_wrong: error('identityProvider', 'AADSTS700024'),

  not_signed_in: warning('registrations'),
  registrations_not_readable: warning('registrations'),
  signed_in_to_another_tenant: error('registrations', 'AADSTS700016'),
  app_missing: error('registrations', 'AADSTS700016'),
  foreign_app: error('registrations'),
  client_id_differs: error('registrations', 'AADSTS700016'),
  tokens_are_v1: error('registrations', 'invalid_token'),
  redirect_uri_on_wrong_platform: error('registrations', 'AADSTS9002326'),
  redirect_uri_missing: error('registrations', 'AADSTS50011'),
  redirect_uri_not_described: warning('registrations'),
  implicit_grant_enabled: warning('registrations'),
  sign_in_audience_differs: error('registrations', 'AADSTS50194'),
  identifier_uri_differs: error('registrations', 'AADSTS500011'),
  scope_missing: error('registrations', 'AADSTS650053'),
  scope_differs: error('registrations', 'AADSTS650053'),
  scope_id_differs: note('registrations'),
  scope_not_described: warning('registrations'),
  known_client_missing: error('registrations', 'AADSTS65001'),
  known_client_not_described: warning('registrations'),
  pre_authorization_missing: error('registrations', 'AADSTS65001'),
  pre_authorization_not_described: warning('registrations'),
  permission_not_listed: error('registrations', 'AADSTS65001'),
  permission_not_described: warning('registrations'),
  optional_claim_missing: error('registrations'),
  optional_claim_not_described: warning('registrations'),
  wording_differs: note('registrations'),
  setting_differs: warning('registrations'),
  service_principal_missing: error('registrations', 'AADSTS500011'),
  service_principal_disabled: error('registrations', 'AADSTS7000112'),
  assignment_required: warning('registrations', 'AADSTS50105'),
  client_secret_unknown: error('registrations', 'AADSTS7000215'),
  client_secret_expired: error('registrations', 'AADSTS7000222'),
  client_secret_expires_soon: warning('registrations', 'AADSTS7000222'),
  certificate_unknown: error('registrations', 'AADSTS700027'),
  managed_identity_missing: error('registrations', 'AADSTS700213'),
  federated_credential_missing: error('registrations', 'AADSTS700213'),
  authentication_context_missing: error('registrations', 'insufficient_claims'),
  authentication_context_not_published: error('registrations', 'insufficient_claims'),
  authentication_context_not_checked: note('registrations'),

  consents_not_readable: warning('consent'),
  consent_missing: note('consent', 'AADSTS65001'),
  consent_incomplete: warning('consent', 'AADSTS65001'),
  consent_for_wrong_app: error('consent', 'AADSTS65001'),
  consent_not_described: note('consent'),

  token_not_checked: error('token'),
  token_not_a_jwt: error('token', 'invalid_token'),
  token_for_graph: error('token', 'invalid_token'),
  token_is_id_token: error('token', 'invalid_token'),
  token_is_v1: error('token', 'invalid_token'),
  token_for_another_api: error('token', 'invalid_token'),
  token_from_another_tenant: error('token', 'tenant_not_allowed'),
  token_from_another_issuer: error('token', 'invalid_token'),
  token_expired: error('token', 'invalid_token'),
  token_not_valid_yet: error('token', 'invalid_token'),
  token_malformed: error('token', 'invalid_token'),
  token_signature_invalid: error('token', 'invalid_token'),
  token_signature_not_checked: warning('token', 'identity_provider_unavailable'),
  token_client_not_allowed: error('token', 'client_not_allowed'),
  token_without_user: error('token', 'insufficient_scope'),
  token_without_scope: error('token', 'insufficient_scope'),
} satisfies Record<string, Kind>;

export type FindingId = keyof typeof catalogue;
