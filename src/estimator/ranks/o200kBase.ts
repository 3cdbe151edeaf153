/** The rank data of o200k_base. A file of its own in the bundle too (`dist/ranks/o200kBase.js`), loaded on first use. */
import data from 'js-tiktoken/ranks/o200k_base';

export const ranks = data;
