import type { RedirectActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../aws/index.ts';
import type { Listener, RedirectAction } from '../../resources/elbv2/index.ts';
import { missingConfig, validationError } from './error.ts';

const PLACEHOLDERS = ['protocol', 'host', 'port', 'path', 'query'];

function invalid(message: string): AwsError {
  return new AwsError('InvalidLoadBalancerAction', message);
}

/** A redirect's configuration with AWS's defaults: every part that is not given is kept (API_RedirectActionConfig.html). */
export function redirect(given: RedirectActionConfig | undefined, listener: Pick<Listener, 'protocol' | 'port'>): RedirectAction['RedirectConfig'] {
  if (!given?.StatusCode) throw missingConfig('redirect', 'RedirectConfig');
  const config: RedirectAction['RedirectConfig'] = {
    Protocol: given.Protocol ?? '#{protocol}',
    Port: given.Port ?? '#{port}',
    Host: given.Host ?? '#{host}',
    Path: given.Path ?? '/#{path}',
    Query: given.Query ?? '#{query}',
    StatusCode: given.StatusCode,
  };
  check(config, listener);
  return config;
}

function check(config: RedirectAction['RedirectConfig'], listener: Pick<Listener, 'protocol' | 'port'>): void {
  const { Protocol: protocol, Port: port, Host: host, Path: path, Query: query } = config;
  if (!/^(HTTPS?|#\{protocol\})$/.test(protocol)) throw validationError(`Redirect protocol '${protocol}' must be one of 'HTTP,HTTPS,#{protocol}'`);
  if (port !== '#{port}' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) {
    throw validationError("The Port parameter must be either an integer between 1 and 65535 or '#{port}'.");
  }
  if (host.length < 1 || host.length > 128) throw validationError('The redirect host must be between 1 and 128 characters long');
  if (path.length < 1 || path.length > 128) throw validationError('The redirect path must be between 1 and 128 characters long');
  if (!path.startsWith('/')) {
    throw validationError("The Path parameter must be a valid path, should start with a '/', and may contain up to one of each of these placeholders: '#{path}', '#{host}', '#{port}'.");
  }
  if (query.length > 128) throw validationError('The redirect query cannot be longer than 128 characters');
  if (query.startsWith('?')) throw validationError(`Redirect query '${query}' must not include the leading '?'`);
  for (const [part, text] of [['host', host], ['path', path], ['query', query]] as const) {
    // It becomes part of a header field: RFC 9110 section 5.5 allows no line break there, RFC 3986 no space.
    if (!/^[\x21-\x7e]*$/.test(text)) throw validationError(`The redirect ${part} '${text}' contains a character that is not valid`);
  }
  checkPlaceholders(host, 'host');
  checkPlaceholders(path, 'path');
  checkPlaceholders(query, 'query');
  if (listener.protocol === 'HTTPS' && protocol === 'HTTP') throw invalid('You cannot redirect HTTPS to HTTP.');
  const same = protocol === '#{protocol}' || protocol === listener.protocol;
  const samePort = port === '#{port}' || port === String(listener.port);
  if (same && samePort && host === '#{host}' && path === '/#{path}') {
    throw invalid('The redirect configuration is not valid because it creates a loop.');
  }
}

function checkPlaceholders(text: string, part: string): void {
  for (const [, name = ''] of text.matchAll(/#\{([^}]*)\}?/g)) {
    if (!PLACEHOLDERS.includes(name)) throw validationError(`The redirect ${part} '${text}' contains the unknown placeholder '#{${name}}'`);
  }
}
