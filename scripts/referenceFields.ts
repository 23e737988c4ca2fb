import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve(__dirname, "..");

/** A property of an interface or class, in the words of its doc comment. */
export interface Field {
	readonly name: string;
	readonly optional: boolean;
	readonly type: string;
	readonly text: string;
}

/** A declaration's own comment, and its properties in their order. */
export interface Described {
	readonly text: string;
	readonly fields: readonly Field[];
}

/** Reads an interface, or the `declare`d properties of a class, from a source of this repository. Syntax only: nothing is compiled. */
export function describe(path: string, name: string): Described {
	const source = sourceOf(path);
	for (const statement of source.statements) {
		if (!(ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement))) continue;
		if (statement.name?.text !== name) continue;
		const fields = [...statement.members].flatMap((member) =>
			(ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) && member.type !== undefined
				? [
						{
							name: member.name.getText(source),
							optional: member.questionToken !== undefined,
							type: typeOf(member.type, source),
							text: commentOf(member),
						},
					]
				: [],
		);
		return { text: commentOf(statement), fields };
	}
	throw new Error(`${path} declares no ${name}`);
}

/** A table of fields; `kept` leaves out what is no news. */
export function tableOf(fields: readonly Field[], head: readonly string[] = ["field", "type", "meaning"]): string {
	const cell = (text: string) => text.replaceAll("|", "\\|");
	return [
		`| ${head.join(" | ")} |`,
		`| ${head.map(() => "---").join(" | ")} |`,
		...fields.map(
			({ name, type, text, optional }) =>
				`| \`${name}\`${optional ? "" : " \\*"} | ${cell(codeOf(type))} | ${cell(inOneCell(text))} |`,
		),
	].join("\n");
}

function sourceOf(path: string): ts.SourceFile {
	return ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.ES2023, true);
}

/** What a user writes: without the wrapping that lets Pulumi hand outputs over, and with the words of a union spelled out. */
function typeOf(node: ts.TypeNode, source: ts.SourceFile): string {
	if (ts.isArrayTypeNode(node)) return `${typeOf(node.elementType, source)}[]`;
	const mapped = /^(?:pulumi\.)?Input<\{ \[Key in keyof (\w+)\]/.exec(node.getText(source))?.[1];
	if (mapped !== undefined) return mapped;
	if (ts.isUnionTypeNode(node)) {
		const parts = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword);
		return parts.map((type) => typeOf(type, source)).join(" | ");
	}
	if (ts.isTypeReferenceNode(node)) {
		const [argument] = node.typeArguments ?? [];
		if (argument !== undefined && /(^|\.)(Input|Output)$/.test(node.typeName.getText(source)))
			return typeOf(argument, source);
		const words = wordsOf(node.typeName.getText(source), source);
		if (words !== null) return words.map((word) => `"${word}"`).join(" | ");
	}
	return node.getText(source).replace(/\s+/g, " ");
}

/** The words that a type stands for: those of a union, or the values of the constant of the same name, here or where it is imported from. */
function wordsOf(name: string, source: ts.SourceFile): string[] | null {
	for (const statement of source.statements) {
		if (ts.isTypeAliasDeclaration(statement) && statement.name.text === name && ts.isUnionTypeNode(statement.type))
			return stringsIn(statement.type);
		if (ts.isVariableStatement(statement)) {
			const [declaration] = statement.declarationList.declarations;
			if (declaration?.name.getText(source) === name) return stringsIn(declaration);
		}
		if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
		const { text: from } = statement.moduleSpecifier;
		const named = statement.importClause?.namedBindings;
		if (!from.startsWith(".") || named === undefined || !ts.isNamedImports(named)) continue;
		if (named.elements.some((element) => element.name.text === name))
			return wordsOf(name, sourceOf(relative(root, resolve(root, dirname(source.fileName), `${from}.ts`))));
	}
	return null;
}

function stringsIn(node: ts.Node): string[] {
	const found: string[] = [];
	const visit = (each: ts.Node): void => {
		if (ts.isStringLiteral(each)) found.push(each.text);
		else ts.forEachChild(each, visit);
	};
	visit(node);
	return found;
}

function commentOf(node: ts.Node): string {
	const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
	if (comment === undefined) return "";
	const tags = (comment.tags ?? []).flatMap((tag) => {
		const text = ts.getTextOfJSDocComment(tag.comment) ?? "";
		return tag.tagName.text === "default" || tag.tagName.text === "defaultValue" ? [`Default ${text}.`] : [];
	});
	return [ts.getTextOfJSDocComment(comment.comment) ?? "", ...tags].join(" ").trim();
}

function codeOf(type: string): string {
	return type
		.split(" | ")
		.map((part) => `\`${part}\``)
		.join(", ");
}

/** A list in a comment is lines of its cell. */
function inOneCell(text: string): string {
	return text
		.replace(/\s*\n\s*\n\s*/g, "<br>")
		.replace(/(^|\s)- (?=`)/g, (_, before: string) => (before === "" ? "" : "<br>"))
		.replace(/\s+/g, " ")
		.trim();
}
