import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { expect, test } from "vitest";

/** The object as tsc ships it: the text in the state is made from the shipped functions, not from the sources. */
function shipped(): unknown {
	const file = join(__dirname, "..", "..", "sdk", "thinProvider.ts");
	const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
		compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
	});
	const module = { exports: {} as { thinProvider?: unknown } };
	new Function("module", "exports", "require", outputText)(module, module.exports, () => ({}));
	return module.exports.thinProvider;
}

test("the text in every state is constant, under 2 KB, and captures nothing", async () => {
	const provider = shipped();
	const { text } = await pulumi.runtime.serializeFunction(() => provider, { allowSecrets: true });
	expect(Buffer.byteLength(text)).toBeLessThan(2048);
	await expect(text).toMatchFileSnapshot("golden/thinProvider.txt");
	const captured = [...text.matchAll(/with\(\{ ([^}]*) \}\)/g)].map(([, names]) => names);
	expect(new Set(captured)).toEqual(
		new Set(["this: undefined, arguments: undefined", "provider: __provider, this: undefined, arguments: undefined"]),
	);
});
