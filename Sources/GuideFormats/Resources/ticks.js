"use strict";(()=>{const own="ticks "+location.pathname+" ",today=own+document.body.dataset.day,opened=Date.now();
document.addEventListener("visibilitychange",()=>{if(!document.hidden&&Date.now()-opened>6e5)location.reload()});
try{for(const key of Object.keys(localStorage))if(key.startsWith(own)&&key!==today)localStorage.removeItem(key);
const boxes=[...document.querySelectorAll("input[data-step]")],kept=JSON.parse(localStorage.getItem(today)||"[]");
for(const box of boxes){box.checked=kept.includes(box.dataset.step);box.addEventListener("change",()=>localStorage.setItem(today,JSON.stringify(boxes.filter(b=>b.checked).map(b=>b.dataset.step))))}}catch{}})()
