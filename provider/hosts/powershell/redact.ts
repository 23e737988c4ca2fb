import type { PowerShellEntry } from "./entry";

export function passwordOf(entry: PowerShellEntry): string | undefined {
	return entry.kind === "cim" ? entry.credential?.password : undefined;
}

/** A password that some far error repeats must not travel on in ours. */
export function redactor(entry: PowerShellEntry): (text: string) => string {
	const password = passwordOf(entry);
	if (password === undefined || password === "") return (text) => text;
	const forms = [password, Buffer.from(password, "utf8").toString("base64")];
	return (text) => forms.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
}
