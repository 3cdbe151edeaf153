/** The rank data of cl100k_base. A file of its own in the bundle too (`dist/ranks/cl100kBase.js`), loaded on first use. */
import data from 'js-tiktoken/ranks/cl100k_base';

export const ranks = data;
