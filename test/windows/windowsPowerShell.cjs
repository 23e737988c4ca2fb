// Windows PowerShell with a stand-in for CimCmdlets, in the place of pwsh. PSModulePath is not enough there: a command that
// is not loaded is looked for in $PSHOME first (PowerShell, ModuleIntrinsics.GetModulePath), so the module is imported by
// its path. And a pwsh 7 above us leaves folders in PSModulePath whose modules 5.1 cannot load.
const { existsSync } = require("node:fs");
const { delimiter, dirname, join } = require("node:path");

/**
 * How to relay to it: an environment, and a line before all others.
 * @param {string} executable @param {NodeJS.ProcessEnv} env
 */
exports.overStandIn = (executable, env) => {
	const own = join(dirname(executable), "Modules");
	const isModulePath = (name) => name.toUpperCase() === "PSMODULEPATH";
	const folders =
		Object.entries(env)
			.find(([name]) => isModulePath(name))?.[1]
			?.split(delimiter) ?? [];
	const standIn = folders.find((folder) => folder !== own && existsSync(manifestIn(folder)));
	const others = Object.entries(env).filter(([name]) => !isModulePath(name));
	return {
		env: { ...Object.fromEntries(others), PSModulePath: [standIn, own].filter(Boolean).join(delimiter) },
		firstInput: standIn === undefined ? "" : `Import-Module '${manifestIn(standIn).replaceAll("'", "''")}'\n`,
	};
};

function manifestIn(folder) {
	return join(folder, "CimCmdlets", "CimCmdlets.psd1");
}
