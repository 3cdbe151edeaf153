import { createScanner, type Edit, findNodeAtLocation, type JSONPath, type Node, parseTree } from 'jsonc-parser';

/**
 * The edits that take a property or an item out of a JSON text, the last one first; none when it is not there. Not by jsonc-parser, which takes
 * the comments between it and the one before along, and of a list in one line leaves the end of the last item.
 */
export function removeFrom(text: string, path: Readonly<JSONPath>): Edit[] {
  const root = parseTree(text, [], { allowTrailingComma: true, disallowComments: false });
  const value = root && findNodeAtLocation(root, [...path]);
  const own = value?.parent?.type === 'property' ? value.parent : value;
  const siblings = own?.parent?.children ?? [];
  if (!own) {
    return [];
  }
  const previous = siblings[siblings.indexOf(own) - 1];
  const end = own.offset + own.length;
  const comma = findComma(text, end);
  const before = comma === null && previous ? findComma(text, previous.offset + previous.length) : null;
  const line = cutLine(text, own, comma === null ? end : comma + 1);
  return [line, ...(before === null ? [] : [{ offset: before, length: 1, content: '' }])];
}

/** Where the comma is that follows, comments aside; null when something else does. */
function findComma(text: string, from: number): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  return text[scanner.getTokenOffset()] === ',' ? scanner.getTokenOffset() : null;
}

/** From a node to an end; the whole line when nothing else stands in it. */
function cutLine(text: string, { offset }: Node, end: number): Edit {
  const indent = /(?<=[\r\n])[ \t]*$/.exec(text.slice(0, offset))?.[0];
  const rest = /^[ \t]*\r?\n/.exec(text.slice(end))?.[0];
  const isWhole = indent !== undefined && rest !== undefined;
  const from = isWhole ? offset - indent.length : offset;
  return { offset: from, length: end + (isWhole ? rest.length : 0) - from, content: '' };
}
