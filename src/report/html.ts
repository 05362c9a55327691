/** Text of a page in which everything that was not written as HTML is escaped. */

/** HTML that may stand in a page as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can be put into HTML; null and false are nothing. */
export type Content = Html | string | number | null | false | readonly Content[];

/** A template of HTML: what is put into it is escaped, unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const text = parts.map((part, at) => part + (at < contents.length ? render(contents[at]) : ''));
  return new Html(text.join(''));
}

/** HTML that is known to be safe: a style sheet or a script of the page itself. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** Data that a script of the page reads, as JSON in which nothing can end the element. */
export function embeddedJson(id: string, value: unknown): Html {
  const text = JSON.stringify(value).replaceAll('<', '\\u003c');
  return new Html(`<script type="application/json" id="${escapeXml(id)}">${text}</script>`);
}

const names: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

/** Text with the five characters of XML and HTML escaped, and without the control characters that XML forbids. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => names[character] ?? '')
    .replaceAll(/\p{Cc}/gu, (character) => (/[\t\n\r]/.test(character) ? character : ''));
}

function render(content: Content | undefined): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(render).join('');
  return escapeXml(String(content));
}
