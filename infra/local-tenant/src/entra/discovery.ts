import type { Request, RequestHandler } from 'express';
import { tenant } from '../directory/directory.ts';
import { type EntraServices, issuerV2 } from './entra-services.ts';
import { readTenantSegment } from './tenant-segment.ts';

/** Returns the endpoints under their names in the discovery document (OpenID Connect Discovery §3). */
export function endpoints(
  { baseUrl, signInUrl }: Pick<EntraServices, 'baseUrl' | 'signInUrl'>,
  segment: string,
) {
  const base = `${baseUrl}/${segment}`;
  return {
    issuer: issuerV2(
      baseUrl,
      segment === tenant.id || segment === tenant.defaultDomain ? tenant.id : '{tenantid}',
    ),
    jwks_uri: `${base}/discovery/v2.0/keys`,
    authorization_endpoint: `${signInUrl}/${segment}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    end_session_endpoint: `${signInUrl}/${segment}/oauth2/v2.0/logout`,
  };
}

/** Serves `GET /{tenant}/v2.0/.well-known/openid-configuration`, with Entra ID's fields in its order. */
export function discoveryDocument(entra: EntraServices): RequestHandler {
  const { baseUrl } = entra;
  return (request, response) => {
    const segment = tenantOf(request);
    const at = endpoints(entra, segment);
    response.set('Access-Control-Allow-Origin', '*').json({
      token_endpoint: at.token_endpoint,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: at.jwks_uri,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: at.issuer,
      request_uri_parameter_supported: false,
      userinfo_endpoint: `${baseUrl}/graph/oidc/userinfo`,
      authorization_endpoint: at.authorization_endpoint,
      device_authorization_endpoint: `${baseUrl}/${segment}/oauth2/v2.0/devicecode`,
      http_logout_supported: true,
      frontchannel_logout_supported: true,
      end_session_endpoint: at.end_session_endpoint,
      claims_supported: [
        'sub',
        'iss',
        'cloud_instance_name',
        'cloud_instance_host_name',
        'cloud_graph_host_name',
        'msgraph_host',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'acr',
        'nonce',
        'preferred_username',
        'name',
        'tid',
        'ver',
        'at_hash',
        'c_hash',
        'email',
      ],
      tenant_region_scope: null,
      cloud_instance_name: new URL(baseUrl).host,
      cloud_graph_host_name: new URL(baseUrl).host,
      msgraph_host: new URL(baseUrl).host,
      rbac_url: null,
    });
  };
}

/** Serves `GET /{tenant}/discovery/v2.0/keys` (RFC 7517 §5). */
export function keySet({ baseUrl, signingKeys }: EntraServices): RequestHandler {
  return (request, response) => {
    const issuer = issuerV2(baseUrl, tenantOf(request) === 'common' ? '{tenantid}' : tenant.id);
    const keys = signingKeys.published().map((key) => ({ ...key, issuer }));
    response
      .set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'max-age=86400, private' })
      .json({ keys });
  };
}

/** Returns the segment for URLs: the tenant's ID, also if the request used its domain. */
function tenantOf(request: Request): string {
  const segment = readTenantSegment(String(request.params.tenant));
  return segment === 'tenant' ? tenant.id : segment;
}
