import type { Parts, SecretPart } from '../model/values';

/**
 * Values as Go templates: External Secrets assembles them where the secrets arrive. Everything but the secrets comes out
 * exactly as it went in, whatever it looks like.
 */

/** A value with secrets as a template; `name` says what each secret is called in it, by a Go identifier. */
export function goTemplate(parts: Parts, name: (part: SecretPart) => string): string {
  return parts.map((part) => (typeof part === 'string' ? literal(part) : action(part, name(part)))).join('');
}

// --- internal ---

/**
 * Outside of actions Go templates know one thing, the left delimiter, so that only braces are quoted: runs of two or
 * more, and one at the end, which the next action would complete to a delimiter in the wrong place. Nothing here trims
 * the text around it, since that takes a `-` beside the delimiter.
 */
function literal(text: string): string {
  return text.replace(/\{{2,}|\{$/g, (braces) => `{{ "${braces}" }}`);
}

/**
 * `urlquery` writes a blank as `+`, which means a blank in queries alone; since it writes `+` itself as `%2B`, replacing is
 * exact and gives percent-encoding that holds in every part of a URL, between user and host too.
 */
function action({ encode }: SecretPart, name: string): string {
  return encode === 'url' ? `{{ .${name} | urlquery | replace "+" "%20" }}` : `{{ .${name} }}`;
}
