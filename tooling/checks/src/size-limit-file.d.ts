declare module '@size-limit/file' {
  // An array of plugins, which the API flattens; its own types take it for a function.
  const plugin: (...args: unknown[]) => unknown;
  // biome-ignore lint/style/noDefaultExport: as the package has it
  export default plugin;
}
