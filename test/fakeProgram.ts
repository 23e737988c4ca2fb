import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "./temporaryFolder";

/**
 * A program of this JavaScript (CommonJS) that is started by its path like any other; `relay` puts a real one in its
 * place. On Windows only an .exe is: Node starts no script file without a shell (nodejs/node 52681).
 */
export function fakeProgram(name: string, body: string): string {
	const path = join(temporaryFolder(`fake-${name}`), name);
	const script = `const { relay } = require(${JSON.stringify(join(__dirname, "relay.cjs"))});\n${body}\n`;
	if (process.platform !== "win32") {
		writeFileSync(path, `#!${process.execPath}\n${script}`);
		chmodSync(path, 0o755);
		return path;
	}
	writeFileSync(`${path}.cjs`, script);
	copyFileSync(launcher(), `${path}.exe`);
	return `${path}.exe`;
}

/** An .exe that runs Node with the .cjs beside it, made once for a run. */
function launcher(): string {
	const executable = join(tmpdir(), "launcher.exe");
	if (!existsSync(executable)) {
		// Under a name of its own first: two test files may start at once.
		copyFileSync(compileForWindows("launcher.cs"), executable);
	}
	return executable;
}

/** An .exe of a source in test/windows, by the compiler that is part of Windows. */
export function compileForWindows(source: string): string {
	const compiler = join(process.env.SystemRoot ?? "", "Microsoft.NET", "Framework64", "v4.0.30319", "csc.exe");
	const made = join(temporaryFolder("compiled"), source.replace(/\.cs$/, ".exe"));
	execFileSync(compiler, ["/nologo", `/out:${made}`, join(__dirname, "windows", source)], { windowsHide: true });
	return made;
}
