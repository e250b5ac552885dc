// Bundles every entry of src/ into the product's static folder and writes manifest.json: source name -> built name.
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const out = path.join(here, "..", "skills_bridge", "static", "dist");
const entries = (await readdir(path.join(here, "src"))).filter((name) => /\.(js|css)$/.test(name) && !name.startsWith("_")).sort();

await rm(out, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: entries.map((name) => path.join("src", name)),
  outdir: out,
  bundle: true,
  minify: true,
  target: ["es2022"],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".woff": "file", ".svg": "file" },
  legalComments: "linked",
  logLevel: "warning",
  metafile: true,
});
const manifest = {};
for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint) manifest[path.basename(entryPoint)] = path.basename(file);
}
await writeFile(path.join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
