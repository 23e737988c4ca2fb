import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { fakeProgram } from "../fakeProgram";
import { describeWithPowerShell } from "../powershell/describeWithPowerShell";
import { connect, lab } from "../powershell/lab";
import { requirePwsh } from "../powershell/realPowerShell";

const { overStandIn } = require("./windowsPowerShell.cjs") as {
	overStandIn: (
		executable: string,
		env: NodeJS.ProcessEnv,
	) => { readonly env: NodeJS.ProcessEnv; readonly firstInput: string };
};

describeWithPowerShell("Windows PowerShell over a stand-in", () => {
	test("has the stand-in's module by its path, and nothing of the PowerShell above it", async () => {
		const { standIn } = lab();
		const { PSModulePath } = standIn.environment;
		const above = { PsModulePath: [PSModulePath, join("pwsh", "7", "Modules")].join(delimiter), TEMP: "kept" };
		const { env, firstInput } = overStandIn(join("v1.0", "powershell.exe"), above);
		const [folder] = PSModulePath.split(delimiter);
		expect(env).toEqual({ PSModulePath: [folder, join("v1.0", "Modules")].join(delimiter), TEMP: "kept" });
		// The line alone must do: in front of the system's own module no folder counts.
		const executable = fakeProgram(
			"pwsh",
			`relay(${JSON.stringify(requirePwsh())}, process.argv.slice(2), {
				env: { ...process.env, PSModulePath: "" },
				firstInput: ${JSON.stringify(firstInput)},
			});`,
		);
		expect((await connect({ kind: "local", executable }).observe()).disks).toHaveLength(2);
		expect(standIn.calls().length).toBeGreaterThan(0);
	});
});
