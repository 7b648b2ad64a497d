import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../kernel/index.ts';
import { compileTemplate, parseJson, type HostObject, type Value } from './index.ts';

const pet = parseJson('{"name":"Rex","age":3,"weight":12.50,"tags":["a","b"],"owner":{"city":"Ulm"},"id":12345678901234567890,"none":null}');
const host: HostObject = { host: true, property: (name) => (name === 'id' ? 'host-id' : undefined), call: (name, [first]) => (name === 'twice' && typeof first === 'string' ? first + first : undefined) };

function rendered(text: string, more: Readonly<Record<string, Value>> = {}): string {
  const compiled = compileTemplate(text);
  if (compiled.kind === 'wrong') return `WRONG ${compiled.why}`;
  const rendering = compiled.template.render({ pet, host, name: 'World', empty: '', yes: true, no: false, n: 7, ...more });
  return rendering.kind === 'text' ? rendering.text : `FAILED ${rendering.why}`;
}

// https://velocity.apache.org/engine/1.7/user-guide.html and https://velocity.apache.org/engine/1.7/vtl-reference.html
const TABLE: readonly (readonly [template: string, text: string])[] = [
  // references: https://velocity.apache.org/engine/1.7/vtl-reference.html#References
  ['Hello $name!', 'Hello World!'], ['Hello ${name}ly', 'Hello Worldly'], ['$nobody $!nobody ${nobody} $!{nobody}.', '$nobody  ${nobody} .'], ['$name.', 'World.'], ['$ 5 $5 $-', '$ 5 $5 $-'],
  ['$pet.name $pet.owner.city ${pet.owner.city}', 'Rex Ulm Ulm'], ['$pet.get("name")', 'Rex'], ['$pet.tags[0]$pet.tags[-1]', 'ab'], ['$pet["name"]', 'Rex'], ['$pet.tags[7]', '$pet.tags[7]'], ['$!pet.tags[7]', ''],
  ['$pet.none', '$pet.none'], ['$host.id $host.twice("x") $host.nothing $host.nothing()', 'host-id xx $host.nothing $host.nothing()'], ['$name[abc]', 'World[abc]'], ['${name', '${name'],
  ['$pet.age $pet.weight $pet.id', '3 12.5 12345678901234567890'], ['$pet.tags $pet.owner', '["a","b"] {city=Ulm}'], ['$name-x', '$name-x'], ['${name}-x', 'World-x'],
  // escaping: https://velocity.apache.org/engine/1.7/user-guide.html#Escaping_Valid_VTL_References
  ['\\$name', '$name'], ['\\\\$name', '\\World'], ['\\\\\\$name', '\\$name'], ['\\$nobody', '\\$nobody'], ['\\\\$nobody', '\\\\$nobody'], ['\\#set($a = 1)', '#set($a = 1)'], ['a\\b', 'a\\b'],
  // comments and what is not looked into
  ['a## b\nc', 'ac'], ['a#* b\n *#c', 'ac'], ['#[[$name #if]]#', '$name #if'], ['# 1 #no #1', '# 1 #no #1'], ['color: #fff', 'color: #fff'],
  // #set: https://velocity.apache.org/engine/1.7/vtl-reference.html#set_-_Establishes_the_value_of_a_reference
  ['#set($a = 1)$a', '1'], ['  #set($a = "x")\n$a', 'x'], ['#set( $a = $nobody )$a', '$a'], ['#set($a = 1)#set($a = $nobody)$a', '1'], ['#set($m = {"a": 1, "b": "two"})$m.a $m.b $m', '1 two {a=1, b=two}'],
  ['#set($m = {})#set($m.x = 5)#set($m["y"] = 6)$m.x$m.y', '56'], ['#set($l = [1, "b", $name])$l $l.size()', '[1, b, World] 3'], ['#set($l = [1, 2])#set($l[0] = 9)$l', '[9, 2]'], ['#{set}($a = 2)$a', '2'],
  ["#set($a = 'no $name')$a", 'no $name'], ['#set($a = "yes $name #if($yes)!#end")$a', 'yes World !'], ['#set($a = "say ""hi""")$a', 'say "hi"'], ["#set($a = 'it''s')$a", "it's"],
  // arithmetic and comparison
  ['#set($a = 1 + 2 * 3)$a', '7'], ['#set($a = (1 + 2) * 3)$a', '9'], ['#set($a = 7 / 2)$a', '3'], ['#set($a = 7.0 / 2)$a', '3.5'], ['#set($a = -7 % 3)$a', '-1'], ['#set($a = 4 - 6)$a', '-2'], ['#set($a = 1 / 0)$a', '$a'],
  ['#set($a = "x" + 1)$a', 'x1'], ['#set($a = 1 + 1.0)$a', '2.0'], ['#set($a = 9007199254740993 + 1)$a', '9007199254740994'], ['#set($a = 1e7)$a #set($b = 0.0001)$b', '1.0E71.0E-4'],
  ['#if(1 == 1.0 && "a" == "a" && 1 == "1")y#end', 'y'], ['#if($n > 5 and not $no)y#{else}n#end', 'y'], ['#if($n ge 7 && $n le 7 && $n lt 8 && $n gt 6 && $n eq 7 && $n ne 8)y#end', 'y'], ['#if(1 < 2 || $nobody.x)y#end', 'y'],
  ['#if($nobody == $nothing)y#end', 'y'], ['#if($name == $nobody)y#{else}n#end', 'n'], ['#if("a" < "b")y#{else}n#end', 'n'], ['#if(!$nobody)y#end', 'y'],
  // #if: what is there is true: https://velocity.apache.org/engine/1.7/user-guide.html#Conditionals
  ['#if($yes)a#end', 'a'], ['#if($no)a#elseif($yes)b#else c#end', 'b'], ['#if($no)a#{else}c#end', 'c'], ['#if($nobody)a#end', ''], ['#if($empty)a#end', 'a'], ['#if(0)a#end', 'a'],
  ['#if($yes)\n  a\n#else\n  b\n#end\nc', '  a\nc'], ['#if( $yes )x#end', 'x'], ['#if($yes && ($no || $yes))x#end', 'x'],
  // #foreach: https://velocity.apache.org/engine/1.7/user-guide.html#Loops
  ['#foreach($i in [1..3])$i,#end', '1,2,3,'], ['#foreach($i in [3..1])$i#end', '321'], ['#foreach($t in $pet.tags)$foreach.index$foreach.count$velocityCount$t#if($foreach.hasNext),#end#end', '011a,122b'],
  ['#foreach($v in {"a": 1, "b": 2})$v#end', '12'], ['#foreach($e in $pet.owner.entrySet())$e.key=$e.value#end', 'city=Ulm'], ['#foreach($k in $pet.owner.keySet())$k#end', 'city'], ['#foreach($x in $nobody)x#end.', '.'],
  ['#foreach($i in [1..5])#if($i == 3)#break#end$i#end.', '12.'], ['#foreach($i in [1..5])#if($i == 3)#stop#end$i#end.', '12'], ['a#stop b', 'a'], ['#set($i = "kept")#foreach($i in [1])$i#end$i', '1kept'],
  ['#foreach($i in [1..2])#foreach($j in [1..2])$foreach.parent.count$j #end#end', '11 12 21 22 '], ['#foreach($i in [1..2])\n$i\n#end\n.', '1\n2\n.'],
  // methods, as Java has them
  ['$name.length() $name.toUpperCase() $name.substring(1) $name.substring(1,3) $name.indexOf("r") $name.contains("or")', '5 WORLD orld or 2 true'], ['$name.replace("o", "0") $name.replaceAll("[lo]", "_") $name.replaceFirst("[lo]", "_")', 'W0rld W_r_d W_rld'],
  ['#set($s = "aaa")$s.replaceAll("^a", "b") $s.replaceAll("a$", "b") $s.replaceAll("", "-") $s.split("")', 'baa aab -a-a-a- [a, a, a]'], ['#set($s = "a,b,,c,,")$s.split(",") $s.split(",", 2) $s.split("x")', '[a, b, , c] [a, b,,c,,] [a,b,,c,,]'],
  ['$name.replaceAll("(o)(r)", "$2$1")', 'Wrold'], ["#set($s = \"it\\'s\")$s.replaceAll(\"\\\\'\",\"'\")", "it's"], ['$name.split("o")', '[W, rld]'], ['$name.split("o").size()', '2'], ['$name.equals("World") $name.isEmpty() $empty.isEmpty()', 'true false true'],
  ['$name.substring(9)', '$name.substring(9)'], ['$name.charAt(0)$name.startsWith("W")$name.endsWith("d")$name.matches("W.*d")$name.matches("or")', 'Wtruetruetruefalse'], ['$name.nothing()', '$name.nothing()'], ['$name.class $name.constructor $name.prototype', '$name.class $name.constructor $name.prototype'],
  ['#set($l = [])#set($x = $l.add("a"))$!l.add("b") $l $l.get(0) $l.contains("a") $l.isEmpty() $l.empty', 'true [a, b] a true false false'], ['#set($m = {})$!m.put("a", 1)$m.containsKey("a")$m.size()$m.remove("a")$m', 'true11{}'], ['$pet.tags.count()', '2'], ['$pet.toString().length()', '100'],
  // what is not executed is refused
  ['#parse("x")', 'WRONG line 1: #parse is not executed'], ['#macro(x)#end', 'WRONG line 1: #macro is not executed'], ['#if($yes)', 'WRONG line 1: #if has no #end'], ['a\n#end', 'WRONG line 2: #end without #if or #foreach'], ['#set($a = )', 'WRONG line 1: an expression was expected instead of ")"'],
  ['#set($a = "x)', 'WRONG line 1: a string does not end'], ['$name.substring(1', 'WRONG line 1: the parameters of a method do not end'], ['#foreach($i $l)#end', 'WRONG line 1: #foreach needs "in"'], ['$name.replaceAll("(?=x)", "")', 'FAILED'],
];

test('templates render as Velocity renders them', () => {
  for (const [template, text] of TABLE) {
    const seen = rendered(template);
    assert.equal(text === 'FAILED' ? seen.slice(0, 6) : seen, text, template);
  }
});

const PIECES = [
  '$', '#', '{', '}', '(', ')', '[', ']', '"', "'", '\\\\', '.', ',', ' ', '\n', '=', '!', '..', '##', '#*', '*#', '#[[', ']]#', '$name', '$pet', '$pet.tags', '$nobody', '${name}', '$!{x}', '#set(', '#if(', '#elseif(', '#else', '#end', '#foreach(', '$i in ',
  '#break', '#stop', '1', '2.5', '-', '+', '*', '/', '%', '==', '<', '&&', '||', 'true', 'null', '.size()', '.get(', '.add(', '.put(', '.split(', '.replaceAll(', '.entrySet()', '.toString()', '$foreach.count', '$host.twice(',
];

test('whatever is written, it is refused, or fails with a sentence, or gives a text', () => {
  const random = seededRandom(7);
  let rendering = 0;
  for (let i = 0; i < 20_000; i++) {
    const template = Array.from({ length: 1 + Math.floor(random.number() * 25) }, () => PIECES[Math.floor(random.number() * PIECES.length)]).join('');
    // an error of any other kind ends the test
    if (!rendered(template, { pet: parseJson('{"tags":[1,[2],{"a":null}]}') }).startsWith('WRONG')) rendering++;
  }
  assert.ok(rendering > 2_000, `${rendering} could be rendered`);
});

test('a template ends, however it is written', () => {
  const loops = '#foreach($a in [1..1000])#foreach($b in [1..1000])$a$b#end#end';
  assert.match(rendered(loops), /^FAILED a template may take/);
  assert.match(rendered('#set($s = "xxxxxxxxxxxxxxxx")#foreach($i in [1..40])#set($s = $s + $s)#end'), /^FAILED a value is larger than/);
  assert.match(rendered('#set($s = "xxxxxxxxxxxxxxxx")#foreach($i in [1..40])#set($s = "$s$s")#end'), /^FAILED a template may give/);
  assert.match(rendered('#foreach($i in [1..999999999])#end'), /^FAILED a range/);
  assert.equal(rendered('#foreach($i in [1..5000])#if($foreach.last)$i#end#end'), '1000', 'a loop has a thousand rounds at most');
  assert.match(rendered(`${'#if($yes)'.repeat(200)}${'#end'.repeat(200)}`), /^WRONG .*nest deeper/);
  assert.match(rendered(`#set($a = ${'('.repeat(500)}1${')'.repeat(500)})`), /^WRONG .*nest deeper/);
  assert.match(rendered('x'.repeat(400_000)), /^WRONG it is longer/);
  const doubled = `#set($l = [1])${'#set($l = [$l, $l])'.repeat(60)}$l`;
  assert.match(rendered(doubled), /^FAILED a value is larger than/);
  assert.throws(() => parseJson(`${'['.repeat(300)}${']'.repeat(300)}`), SyntaxError);
  const list = '#set($l = [])#set($x = $l.add($l))';
  assert.match(rendered(`${list}$l`), /^FAILED/, 'a list that holds itself');
});

test('a template costs what its steps allow, whatever one of them does', () => {
  const long = '#set($l = [1..5000])#foreach($i in [1..5])#set($x = $l.addAll($l))#end';
  const many = '#set($m = [$l])#foreach($i in [1..19])#set($x = $m.addAll($m))#end';
  const text = '#set($s = $name.repeat(200000))';
  const loop = (body: string): string => `#foreach($i in [1..1000])#foreach($j in [1..60])${body}#end#end`;
  for (const [template, why] of [
    [`${long}${many}$m.contains("y")`, /^FAILED what is looked through is larger than/], [`${long}${loop('#if($l == "x")y#end')}`, /^FAILED a template may take/],
    [`${text}${loop('#set($t = $s.toUpperCase())')}`, /^FAILED a template may take/], [`${text}${loop('#set($t = $s.replaceAll("W", "w"))')}`, /^FAILED a template may take/], [`${text}${loop('#if($s == $t)y#end')}`, /^FAILED a template may take/],
    [`${text}#set($t = "y")#set($t = $t.repeat(1000))$s.replace("W", $t)`, /^FAILED a value is larger than/], ["#set($s = '$0$0$0$0$0$0$0$0')#set($s = $s.repeat(1000))#set($t = 'x')#set($t = $t.repeat(100000))$t.replaceAll('x+', $s)", /^FAILED a value is larger than/],
    ['#set($s = $name.repeat(100000))#foreach($i in [1..40])#set($s = $host.twice($s))#end', /^FAILED a value is larger than/],
  ] as const) assert.match(rendered(template), why, template);
  for (const [template, is] of [
    ['#set($a = 1e999)#set($b = $a.intValue() + 1)$b', '9007199254740992'], ['#set($e = "")[$e.repeat(1e999)]', '[]'], ['#set($l = [1, [2], "[2]", 3.0])$l.indexOf("[2]") $l.contains(3) $l.contains($nobody)', '1 true false'],
    ['$name.replace("", "-") $empty.replace("", "-") $name.replace("o", "$1")', '-W-o-r-l-d- - W$1rld'],
  ] as const) assert.equal(rendered(template), is, template);
});
