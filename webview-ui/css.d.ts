/** Styles are the bundler's business: importing one only tells esbuild to write dist/report.css. */
declare module '*.css';
