declare module "*.woff2" {
  /** The address of the file, the same as in the stylesheet. */
  const address: string;
  export default address;
}
