#!/usr/bin/env python3
"""Writes samples/pushes.ndjson: what a shop sends on one day, one POST /push body a line.

    python3 samples/make-pushes.py             writes the file
    python3 samples/make-pushes.py --counts    prints the table of samples/README.md instead

Everything follows from hashes of names, so every Python 3 writes the same bytes.
"""
import hashlib
import json
import pathlib
import sys

IOS, ANDROID = "shop-ios", "shop-android"
CUSTOMERS = 600
REQUESTS = {"order": 330, "code": 200, "chat": 340, "promotion": 90, "silent": 160, "live": 20, "big": 60}

# Of 1,000 devices: the app is gone from dead ones (410 Unregistered, 404 UNREGISTERED); of foreign ones the token was never good
# here (400: on APNs one of a development build, on FCM one that is no registration token).
DEAD_PER_MILLE, FOREIGN_PER_MILLE = 50, 10
DEAD = {IOS: "fa114100", ANDROID: "fail-404-UNREGISTERED:"}
FOREIGN = {IOS: "fa114000", ANDROID: "fail-400-INVALID_ARGUMENT:"}

WORDS = {
    "en": {
        "shipped": ("Your order is on its way", "Order {order} left our warehouse and arrives on {day}. 📦"),
        "delivered": ("Delivered", "Order {order} is at your door. Enjoy!"),
        "code": ("Your code", "{code} is your sign-in code. Never share it."),
        "promotion": ("Weekend sale ✨", "Up to {percent} % off everything you saved, until Sunday at midnight."),
        "chat": ["Is the blue one still available?", "Thanks, got it! 🙌", "Can you ship it tomorrow?", "👩‍🚀 perfect for the little astronaut"],
        "long": "The quick brown fox jumps over the lazy dog, and the parcel jumps over the fence. ",
    },
    "de": {
        "shipped": ("Deine Bestellung ist unterwegs", "Bestellung {order} hat unser Lager verlassen und kommt am {day}. 📦"),
        "delivered": ("Zugestellt", "Bestellung {order} liegt vor deiner Tür. Viel Freude!"),
        "code": ("Dein Code", "{code} ist dein Anmeldecode. Gib ihn niemals weiter."),
        "promotion": ("Schlussverkauf zum Wochenende", "Bis zu {percent} % auf alles von deiner Merkliste – größer wird’s nicht."),
        "chat": ["Ist das Blaue noch da?", "Danke, angekommen! 🙌", "Könnt ihr es morgen verschicken?", "Grüße aus Köln 👋🏽"],
        "long": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich, und das Paket fährt hinterher. ",
    },
    "fr": {
        "shipped": ("Votre commande est en route", "La commande {order} a quitté notre entrepôt et arrive le {day}. 📦"),
        "delivered": ("Livrée", "La commande {order} est devant votre porte."),
        "code": ("Votre code", "{code} est votre code de connexion. Ne le partagez jamais."),
        "promotion": ("Soldes du week-end", "Jusqu’à −{percent} % sur vos favoris, jusqu’à dimanche minuit."),
        "chat": ["Le bleu est-il encore disponible ?", "Merci, bien reçu !", "Vous pouvez l’envoyer demain ?", "Ça marche 👍🏻"],
        "long": "Voix ambiguë d’un cœur qui, au zéphyr, préfère les jattes de kiwis, et le colis qui voyage. ",
    },
    "es": {
        "shipped": ("Tu pedido está en camino", "El pedido {order} salió de nuestro almacén y llega el {day}. 📦"),
        "delivered": ("Entregado", "El pedido {order} está en tu puerta. ¡Que lo disfrutes!"),
        "code": ("Tu código", "{code} es tu código de acceso. No lo compartas nunca."),
        "promotion": ("Rebajas de fin de semana", "Hasta un {percent} % en todo lo que guardaste, hasta el domingo."),
        "chat": ["¿Sigue disponible el azul?", "¡Gracias, ya llegó!", "¿Podéis enviarlo mañana?", "¡Qué ilusión! 🎉"],
        "long": "El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia y frío, y añoraba a su querido cachorro. ",
    },
    "pl": {
        "shipped": ("Zamówienie w drodze", "Zamówienie {order} opuściło magazyn i dotrze {day}. 📦"),
        "delivered": ("Dostarczono", "Zamówienie {order} czeka pod drzwiami."),
        "code": ("Twój kod", "{code} to kod logowania. Nikomu go nie podawaj."),
        "promotion": ("Weekendowa wyprzedaż", "Do {percent} % taniej na wszystko z Twojej listy, tylko do niedzieli."),
        "chat": ["Czy niebieski jest jeszcze dostępny?", "Dzięki, doszło!", "Czy możecie wysłać jutro?", "Świetnie 😊"],
        "long": "Zażółć gęślą jaźń, a paczka pojedzie przez łąkę i most. ",
    },
    "tr": {
        "shipped": ("Siparişin yolda", "{order} numaralı sipariş depodan çıktı, {day} günü kapında. 📦"),
        "delivered": ("Teslim edildi", "{order} numaralı sipariş kapında. İyi günlerde kullan!"),
        "code": ("Kodun", "Giriş kodun: {code}. Kimseyle paylaşma."),
        "promotion": ("Hafta sonu indirimi", "Listendeki her şeyde %{percent} indirim, pazar gece yarısına kadar."),
        "chat": ["Mavisi hâlâ var mı?", "Teşekkürler, ulaştı!", "Yarın gönderebilir misiniz?", "Süper 👏"],
        "long": "Pijamalı hasta yağız şoföre çabucak güvendi, paket de yola çıktı. ",
    },
    "ru": {
        "shipped": ("Заказ в пути", "Заказ {order} покинул склад и прибудет {day}. 📦"),
        "delivered": ("Доставлено", "Заказ {order} у вашей двери."),
        "code": ("Ваш код", "{code} — код для входа. Никому его не сообщайте."),
        "promotion": ("Распродажа выходного дня", "Скидки до {percent} % на всё из избранного, только до воскресенья."),
        "chat": ["Синий ещё есть?", "Спасибо, получил!", "Сможете отправить завтра?", "Отлично 🔥"],
        "long": "Съешь же ещё этих мягких французских булок, да выпей чаю, пока посылка едет. ",
    },
    "el": {
        "shipped": ("Η παραγγελία σας έρχεται", "Η παραγγελία {order} έφυγε από την αποθήκη και φτάνει στις {day}. 📦"),
        "delivered": ("Παραδόθηκε", "Η παραγγελία {order} είναι στην πόρτα σας."),
        "code": ("Ο κωδικός σας", "{code} είναι ο κωδικός σύνδεσης. Μην τον δώσετε σε κανέναν."),
        "promotion": ("Προσφορές Σαββατοκύριακου", "Έως {percent} % έκπτωση σε ό,τι αποθηκεύσατε."),
        "chat": ["Υπάρχει ακόμα το μπλε;", "Ευχαριστώ, έφτασε!", "Μπορείτε να το στείλετε αύριο;", "Τέλεια ☀️"],
        "long": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία, και το δέμα ταξιδεύει. ",
    },
    "ar": {
        "shipped": ("طلبك في الطريق", "غادر الطلب {order} المستودع وسيصل يوم {day}. 📦"),
        "delivered": ("تم التسليم", "الطلب {order} أمام باب منزلك."),
        "code": ("رمزك", "{code} هو رمز تسجيل الدخول. لا تشاركه مع أحد."),
        "promotion": ("تخفيضات نهاية الأسبوع", "خصم يصل إلى {percent}٪ على كل ما حفظته، حتى منتصف ليل الأحد."),
        "chat": ["هل الأزرق ما زال متوفرًا؟", "شكرًا، وصل!", "هل يمكنكم إرساله غدًا؟", "رائع 🌹"],
        "long": "نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر ومغلف بجلد أزرق. ",
    },
    "he": {
        "shipped": ("ההזמנה שלך בדרך", "הזמנה {order} יצאה מהמחסן ותגיע ב־{day}. 📦"),
        "delivered": ("נמסר", "הזמנה {order} ליד הדלת שלך."),
        "code": ("הקוד שלך", "{code} הוא קוד הכניסה שלך. אין למסור אותו לאיש."),
        "promotion": ("מבצע סוף שבוע", "עד {percent}% הנחה על כל מה ששמרת, עד יום ראשון בחצות."),
        "chat": ["הכחול עוד קיים?", "תודה, הגיע!", "אפשר לשלוח מחר?", "מעולה 💙"],
        "long": "דג סקרן שט בים מאוכזב ולפתע מצא חברה, והחבילה נסעה הלאה. ",
    },
    "hi": {
        "shipped": ("आपका ऑर्डर रास्ते में है", "ऑर्डर {order} गोदाम से निकल गया है और {day} को पहुँचेगा। 📦"),
        "delivered": ("पहुँच गया", "ऑर्डर {order} आपके दरवाज़े पर है।"),
        "code": ("आपका कोड", "{code} आपका साइन-इन कोड है। इसे किसी को न बताएँ।"),
        "promotion": ("वीकेंड सेल", "आपकी पसंद की हर चीज़ पर {percent}% तक की छूट, रविवार आधी रात तक।"),
        "chat": ["क्या नीला वाला अभी है?", "धन्यवाद, मिल गया!", "क्या आप इसे कल भेज सकते हैं?", "बहुत बढ़िया 🙏🏽"],
        "long": "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश हुआ, और पार्सल चल पड़ा। ",
    },
    "th": {
        "shipped": ("คำสั่งซื้อของคุณกำลังเดินทาง", "คำสั่งซื้อ {order} ออกจากคลังแล้ว จะถึงวันที่ {day} 📦"),
        "delivered": ("จัดส่งแล้ว", "คำสั่งซื้อ {order} อยู่ที่หน้าประตูบ้านคุณ"),
        "code": ("รหัสของคุณ", "{code} คือรหัสเข้าสู่ระบบ ห้ามบอกใคร"),
        "promotion": ("ลดราคาสุดสัปดาห์", "ลดสูงสุด {percent}% ทุกชิ้นที่คุณบันทึกไว้ ถึงเที่ยงคืนวันอาทิตย์"),
        "chat": ["สีน้ำเงินยังมีไหม", "ขอบคุณ ได้รับแล้ว", "ส่งพรุ่งนี้ได้ไหม", "เยี่ยมเลย 🐘"],
        "long": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน ",
    },
    "zh": {
        "shipped": ("您的订单已发货", "订单 {order} 已出库，预计 {day} 送达。📦"),
        "delivered": ("已送达", "订单 {order} 已放在您的门口。"),
        "code": ("您的验证码", "{code} 是您的登录验证码，请勿告诉任何人。"),
        "promotion": ("周末特卖", "收藏商品最高优惠 {percent}%，周日午夜截止。"),
        "chat": ["蓝色的还有吗？", "谢谢，收到了！", "明天可以发货吗？", "太好了 🐼"],
        "long": "天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。包裹正在路上。",
    },
    "ja": {
        "shipped": ("ご注文の商品を発送しました", "ご注文 {order} は倉庫を出発し、{day} にお届け予定です。📦"),
        "delivered": ("配達完了", "ご注文 {order} を玄関にお届けしました。"),
        "code": ("認証コード", "ログイン用コードは {code} です。誰にも教えないでください。"),
        "promotion": ("週末セール", "お気に入りの商品が最大 {percent}% オフ。日曜の深夜まで。"),
        "chat": ["青はまだありますか？", "届きました、ありがとう！", "明日発送できますか？", "最高です 🎌"],
        "long": "いろはにほへと ちりぬるを わかよたれそ つねならむ。荷物は旅の途中です。",
    },
    "ko": {
        "shipped": ("주문하신 상품이 출발했어요", "주문 {order}이(가) 창고를 떠나 {day}에 도착합니다. 📦"),
        "delivered": ("배송 완료", "주문 {order}이(가) 문 앞에 도착했어요."),
        "code": ("인증 코드", "{code}은(는) 로그인 코드입니다. 아무에게도 알려주지 마세요."),
        "promotion": ("주말 세일", "찜한 상품 최대 {percent}% 할인, 일요일 자정까지."),
        "chat": ["파란색 아직 있나요?", "감사합니다, 잘 받았어요!", "내일 보내주실 수 있나요?", "최고예요 💜"],
        "long": "키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다. 택배는 달린다. ",
    },
}
LANGUAGES = list(WORDS)
NAMES = ["Ada", "Noor", "Mateo", "יעל", "小林", "Zoë", "Олена", "Đorđe", "آرش", "Søren", "민준", "Łucja"]
FAMILY = "👨‍👩‍👧‍👦"
TREATS = [FAMILY, "🏳️‍🌈", "👩🏾‍💻", "🧑‍🚒", "🇺🇳", "❤️‍🔥"]

# Of a rendered payload, in bytes: APNs counts the JSON, FCM keys and values.
PROVIDER_LIMIT = 4096


def number(*name):
    """A number that depends on nothing but the name."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, name)).encode()).digest()[:8], "big")


def pick(items, *name):
    return items[number(*name) % len(items)]


def hex_digits(*name):
    return hashlib.sha256("/".join(map(str, name)).encode()).hexdigest()


def letters(count, *name):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(alphabet[number(*name, i) % 64] for i in range(count))


def device(app, *name):
    """A target whose token says what the simulator answers: see samples/README.md."""
    fate = number("fate", *name) % 1000
    prefix = DEAD[app] if fate < DEAD_PER_MILLE else FOREIGN[app] if fate < DEAD_PER_MILLE + FOREIGN_PER_MILLE else ""
    if app == ANDROID:
        return {"app": app, "token": prefix + letters(22, "fid", *name) + ":APA91b" + letters(134, "fcm", *name)}
    digits = hex_digits("apns", *name)
    if digits[:4] in ("fa11", "f1a5", "5104"):
        digits = "0" + digits[1:]
    return {"app": app, "token": (prefix + digits)[:64]}


def customer(n):
    """One to three devices of one person, who reads one language."""
    apps = [[IOS], [ANDROID], [ANDROID], [IOS, ANDROID], [IOS, IOS], [ANDROID, ANDROID, IOS]]
    return {
        "language": LANGUAGES[n % len(LANGUAGES)],
        "devices": [device(app, n, i) for i, app in enumerate(pick(apps, "apps", n))],
    }


def text(who, part, **values):
    title, body = WORDS[who["language"]][part]
    return {"title": title.format(**values), "body": body.format(**values)}


def order(n, who):
    order_id = f"{number('order', n) % 900000 + 100000}"
    part = pick(["shipped", "delivered"], "part", n)
    push = {
        "to": who["devices"],
        "notification": {**text(who, part, order=order_id, day=f"{n % 28 + 1}/12"), "sound": "default"},
        "data": {"orderId": order_id, "state": part, "link": f"shop://orders/{order_id}"},
        "priority": "high",
        "timeToLive": pick([14400, 86400, 259200], "ttl", n),
        "collapseKey": f"order-{order_id}",
    }
    if n % 3 == 0:
        push["notification"]["image"] = f"https://cdn.example.com/parcels/{order_id}.jpg"
    if n % 4 == 0:
        push["apns"] = {"payload": {"aps": {"thread-id": "orders", "interruption-level": "time-sensitive", "mutable-content": 1}}}
        push["fcm"] = {"android": {"notification": {"channel_id": "orders", "tag": f"order-{order_id}"}}}
    if n % 20 == 3 and all(expected(target) == "accepted" for target in push["to"]):
        push["fcm"] = {"android": {"notification": {"color": "#ff8800"}}}
    return push


def code(n, who):
    push = {
        "to": who["devices"][0],
        "notification": text(who, "code", code=f"{number('code', n) % 1000000:06}"),
        "priority": "high",
        "timeToLive": pick([0, 60, 120, 300], "ttl", n),
        "class": "urgent",
    }
    if n % 2 == 0:
        push["fcm"] = {"android": {"notification": {"channelId": "security", "visibility": "PRIVATE"}}}
        push["apns"] = {"payload": {"aps": {"interruption-level": "time-sensitive", "relevance-score": 1}}}
    return push


def chat(n, who):
    room = f"{number('room', n) % 5000}"
    body = pick(WORDS[who["language"]]["chat"], "line", n)
    if n % 5 == 0:
        body = f"{body} {pick(TREATS, 'treat', n)}"
    push = {
        "to": who["devices"],
        "notification": {"title": pick(NAMES, "name", n), "body": body, "sound": "default", "badge": n % 12},
        "data": {"room": room, "message": f"{number('message', n):020}"},
        "timeToLive": 604800,
    }
    if n % 3 == 0:
        push["notification"]["subtitle"] = f"#{room}"
    if n % 2 == 0:
        push["collapseKey"] = f"room-{room}"
    if n % 7 == 0:
        push["apns"] = {"priority": 10, "collapseId": f"chat-{room}", "payload": {"aps": {"category": "MESSAGE", "thread-id": f"room-{room}"}}}
    if n % 6 == 0:
        push["fcm"] = {"android": {"notification": {"channel_id": "chat", "notification_count": n % 12}}, "fcm_options": {"analytics_label": "chat"}}
    return push


def promotion(n, who):
    """Goes to twelve customers of one language at a time."""
    readers = [customer(m) for m in range(CUSTOMERS) if LANGUAGES[m % len(LANGUAGES)] == who["language"]]
    start = number("readers", n) % len(readers)
    chosen = [readers[(start + i) % len(readers)] for i in range(12)]
    return {
        "to": [target for reader in chosen for target in reader["devices"]],
        "notification": {
            **text(who, "promotion", percent=pick([20, 30, 40, 50, 70], "percent", n)),
            "image": f"https://cdn.example.com/campaigns/{n}.png",
        },
        "data": {"campaign": f"weekend-{n}", "link": "shop://sale"},
        "priority": "normal",
        "timeToLive": pick([21600, 172800, 2419200], "ttl", n),
        "class": "bulk",
        "fcm": {"android": {"notification": {"channel_id": "offers"}}, "fcm_options": {"analytics_label": f"weekend-{n}"}},
        "apns": {"payload": {"aps": {"interruption-level": "passive"}}},
    }


def silent(n, who):
    push = {
        "to": who["devices"],
        "data": {"sync": pick(["cart", "inbox", "prices"], "sync", n), "version": f"{n + 1000}", "hint": pick(TREATS, "hint", n)},
        "priority": "normal",
    }
    if n % 2 == 0:
        push["collapseKey"] = "sync"
    if n % 4 == 0:
        push["timeToLive"] = 0
    if n % 3 == 0:
        push["class"] = "bulk"
    if n % 5 == 0:
        push["apns"] = {"pushType": "background", "priority": 5, "payload": {"aps": {"content-available": 1}}}
    return push


def live(n, who):
    """A Live Activity on an iPhone follows the courier."""
    return {
        "to": device(IOS, "activity", n),
        "notification": text(who, "shipped", order=f"{500000 + n}", day="24/12"),
        "timeToLive": 3600,
        "apns": {
            "pushType": "liveactivity",
            "priority": 10,
            "payload": {"aps": {"timestamp": 1796083200 + n, "event": "update", "content-state": {"stops": n % 9, "minutes": 3 * n}}},
        },
    }


def big(n, who):
    """Close to the limit: a long article, in one script after the other."""
    app = [IOS, ANDROID][n % 2]
    push = {
        "to": device(app, "big", n),
        "notification": {"title": WORDS[who["language"]]["promotion"][0], "body": ""},
        "data": {"article": f"{n}"},
        "timeToLive": 86400,
    }
    target = PROVIDER_LIMIT - 8 * (n % 6)
    sentence = WORDS[who["language"]]["long"]
    body = ""
    while True:
        for character in sentence:
            push["notification"]["body"] = body + character
            if rendered_size(app, push) > target:
                push["notification"]["body"] = body
                return push
            body += character


def rendered_size(app, push):
    """Bytes of what the provider counts, for the fields that big() uses."""
    shown, data = push["notification"], push["data"]
    if app == IOS:
        payload = {"aps": {"alert": {"title": shown["title"], "body": shown["body"]}}, **data}
        return len(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())
    members = {"title": shown["title"], "body": shown["body"], **data}
    return sum(len(key.encode()) + len(value.encode()) for key, value in members.items())


def requests():
    makers = {"order": order, "code": code, "chat": chat, "promotion": promotion, "silent": silent, "live": live, "big": big}
    todo = [(kind, n) for kind, count in REQUESTS.items() for n in range(count)]
    todo.sort(key=lambda one: number("when", *one))
    for kind, n in todo:
        # Languages take turns within each kind, so that every kind is seen in all of them.
        people = CUSTOMERS // len(LANGUAGES)
        who = customer(n % len(LANGUAGES) + len(LANGUAGES) * (number("who", kind, n) % people))
        yield makers[kind](n, who)


def expected(target):
    app, token = target["app"], target["token"]
    if token.startswith(DEAD[app]):
        return "unregistered"
    if token.startswith(FOREIGN[app]):
        return "rejected" if app == IOS else "unregistered"
    return "accepted"


def counts(bodies):
    rows = {lane: [] for lane in ["apns.urgent", "apns.bulk", "fcm.urgent", "fcm.bulk", "all"]}
    tokens = {}
    for body in bodies:
        for target in body["to"] if isinstance(body["to"], list) else [body["to"]]:
            lane = f"{'apns' if target['app'] == IOS else 'fcm'}.{body.get('class', 'urgent')}"
            rows[lane].append(expected(target))
            rows["all"].append(expected(target))
            tokens.setdefault(expected(target), set()).add((target["app"], target["token"]))
    print("| Lane | Pushes | Accepted | Unregistered | Rejected |\n|---|---:|---:|---:|---:|")
    for lane, found in rows.items():
        print(f"| {lane} | {len(found):,} | {found.count('accepted'):,} | {found.count('unregistered'):,} | {found.count('rejected'):,} |")
    several = sum(isinstance(body["to"], list) and len(body["to"]) > 1 for body in bodies)
    print(f"\n{len(bodies):,} requests, {several} with several targets; {len(set.union(*tokens.values())):,} different tokens, "
          f"{len(tokens['unregistered'])} of them reported as invalid")


def main():
    bodies = list(requests())
    if "--counts" in sys.argv:
        counts(bodies)
        return
    lines = "".join(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n" for body in bodies)
    pathlib.Path(__file__).with_name("pushes.ndjson").write_text(lines, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
