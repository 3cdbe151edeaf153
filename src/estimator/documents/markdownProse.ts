import { Lexer, type MarkedToken, type Token } from 'marked';

/** What a Markdown text says, without what only shows or comments, and where it links to. */
export interface MarkdownProse {
  /** Block by block. A backtick stands for each piece of code, tag, comment, picture and address. */
  readonly text: string;
  /** `[text](href)`, `[text][label]`: each with the place of its `[` in the prose. */
  readonly links: readonly { readonly href: string; readonly at: number }[];
}

/** Stands for what is left out, so that what was before and after it is not one word. */
const gap = '`';

/** Quotes and lists in each other that nobody writes; the lexer takes seconds for thousands of them, or runs out of stack. */
const nested = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))){100}/m;

/**
 * Reads Markdown as GitHub's (github.github.com/gfm). What stands between tags of HTML is read too, since prompts often mark their parts by
 * tags. Throws RangeError for a line of a hundred quotes and lists in each other, and where the lexer runs out of stack.
 */
export function readProse(markdown: string): MarkdownProse {
  if (nested.test(markdown)) {
    throw new RangeError('Too many quotes and lists in each other.');
  }
  const lexer = new Lexer({ gfm: true });
  const pieces: string[] = [];
  const links: { readonly href: string; readonly at: number }[] = [];
  let length = 0;
  add(lexer.lex(markdown));
  const text = dropComments(pieces.join(''));
  return { text, links: links.filter(({ at }) => text[at] !== gap) };

  function write(piece: string): void {
    pieces.push(piece);
    length += piece.length;
  }

  function add(tokens: readonly Token[]): void {
    for (const token of tokens) {
      addToken(token as MarkedToken);
    }
  }

  function addBlock(tokens: readonly Token[]): void {
    add(tokens);
    write('\n');
  }

  function addToken(token: MarkedToken): void {
    switch (token.type) {
      case 'list':
        token.items.forEach(({ tokens }) => {
          addBlock(tokens);
        });
        break;
      case 'table':
        [token.header, ...token.rows].flat().forEach(({ tokens }) => {
          addBlock(tokens);
        });
        break;
      case 'blockquote':
      case 'heading':
      case 'paragraph':
        addBlock(token.tokens);
        break;
      case 'html':
        if (token.block) {
          addBlock(lexer.inlineTokens(dropComments(token.raw)));
        } else {
          write(gap);
        }
        break;
      case 'em':
      case 'strong':
      case 'del': {
        // Paths may have such marks too: `src/__tests__/a.ts`.
        const mark = token.raw.slice(0, (token.raw.length - token.text.length) / 2);
        write(mark);
        add(token.tokens);
        write(mark);
        break;
      }
      case 'link':
        if (token.autolink) {
          write(token.raw);
        } else {
          links.push({ href: token.href, at: length });
          write('[');
          add(token.tokens);
          write(`]${gap}`);
        }
        break;
      case 'text':
        if (token.tokens) {
          addBlock(token.tokens);
        } else {
          write(token.raw);
        }
        break;
      case 'escape':
      case 'br':
      case 'space':
        write(token.raw);
        break;
      default:
        write(gap);
    }
  }
}

/** A comment that began within a line may hold blocks, and one that is not closed goes to the end: neither is a comment to Markdown. */
function dropComments(text: string): string {
  return text.replace(/(?<!\\)<!--[\s\S]*?(?:-->|$)/g, comment => gap.repeat(comment.length));
}
